#pragma once
/// What instructions do: a name, as PTX has it but for the width of vectors, the bytes of what
/// stands in registers, and a function over the lanes of a warp.
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <unordered_map>

#include "warp.h"

namespace emulator {

struct operation {
  step run = nullptr;
  int to = 0, from[4] = {};  // bytes of each register; 1: a predicate
};
using operations = std::unordered_map<std::string, operation>;

void add_integer_operations(operations&);
void add_float_operations(operations&);
void add_conversions(operations&);

/// The instructions that the parser knows by name.
namespace control {
void branch(warp&, const instruction&);
void branch_if(warp&, const instruction&);
void leave(warp&, const instruction&);
void barrier(warp&, const instruction&);
void shuffle(warp&, const instruction&);
}  // namespace control

/// Between registers and memory; null if there is no such space.
step load_from(const std::string& space);
step store_to(const std::string& space);
/// How an element goes from memory to a register of so many bytes, and back.
move to_register(const std::string& type, int bytes);
move from_register(const std::string& type, int bytes);
/// A register of so many bytes, and parts of it.
step split_into(int whole, int part);
step joined_of(int whole, int part);

/// A NaN that arithmetic makes is always the same one, as on a device.
inline float canonical(float a) { return a == a ? a : std::bit_cast<float>(0x7fffffffu); }
inline double canonical(double a) {
  return a == a ? a : std::bit_cast<double>(0x7fffffffffffffffull);
}

template <class T> constexpr int register_bytes = sizeof(T);
template <> constexpr int register_bytes<bool> = 1;

/// F on every lane: of the types of its operands to that of its result.
template <class To, class F, class... From> struct elementwise {
  template <std::size_t... I>
  static void run(warp& w, const instruction& i, std::index_sequence<I...>) {
    alignas(64) To y[lanes];
    const auto over = [&](const From*... from) {
      for (int n = 0; n < lanes; ++n) y[n] = F{}(from[n]...);
    };
    over(w.row<From>(i.from[I])...);
    w.put(i.to[0], y);
  }
  static void step(warp& w, const instruction& i) { run(w, i, std::index_sequence_for<From...>{}); }
};

template <class To, class F, class... From> void add(operations& all, const std::string& name) {
  all[name] = {elementwise<To, F, From...>::step, register_bytes<To>, {register_bytes<From>...}};
}

}  // namespace emulator
