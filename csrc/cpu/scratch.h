#pragma once
#include "../jet.h"

/// Memory of a thread, for what would be too much on its stack: allocated when a kernel first needs
/// it, kept for the next one.
struct scratch {
  void* memory = nullptr;
  std::size_t bytes = 0;

  static constexpr std::align_val_t alignment{64};
  ~scratch() { ::operator delete(memory, alignment); }

  /// A T that is not initialised, until the next call.
  template <class T> static T& get() {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= std::size_t(alignment));
    return *static_cast<T*>(of_thread(sizeof(T)));
  }

 private:
  [[gnu::noinline]] static void* of_thread(std::size_t needed) {
    static thread_local scratch all;
    if (all.bytes < needed) {
      ::operator delete(std::exchange(all.memory, nullptr), alignment);
      all.bytes = 0;
      all.memory = ::operator new(needed, alignment);
      all.bytes = needed;
    }
    return all.memory;
  }
};
