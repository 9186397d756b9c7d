#include "scratch.h"

namespace nonlin {
namespace {

constexpr std::align_val_t alignment{64};

struct memory {
  void* first = nullptr;
  std::size_t bytes = 0;
  ~memory() { ::operator delete(first, alignment); }
};

}  // namespace

void* scratch(std::size_t bytes) {
  static thread_local memory all;
  if (all.bytes < bytes) {
    ::operator delete(std::exchange(all.first, nullptr), alignment);
    all.bytes = 0;
    all.first = ::operator new(bytes, alignment);
    all.bytes = bytes;
  }
  return all.first;
}

}  // namespace nonlin
