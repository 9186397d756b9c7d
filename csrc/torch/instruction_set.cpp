#include "instruction_set.h"

#include <ATen/Version.h>
#include <c10/util/Exception.h>

#include <atomic>

namespace nonlin {
namespace {

instruction_set allowed_by_torch() {
  const std::string capability = at::get_cpu_capability();
  if (capability == "AVX512") return instruction_set::avx512;
  if (capability == "AVX2") return instruction_set::avx2;
  return instruction_set::scalar;
}

/// Whether this processor runs what is compiled for it.
bool runs([[maybe_unused]] instruction_set set) {
  if (set == instruction_set::scalar) return true;
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (set == instruction_set::avx2) return avx2;
  return set == instruction_set::avx512 && avx2 && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

instruction_set best() {
  auto set = allowed_by_torch();
  while (!is_compiled(set)) set = static_cast<instruction_set>(static_cast<int>(set) - 1);
  return set;
}

std::atomic<int> forced{-1};

}  // namespace

instruction_set current_instruction_set() {
  static const instruction_set by_default = best();
  const int choice = forced.load(std::memory_order_relaxed);
  return choice < 0 ? by_default : static_cast<instruction_set>(choice);
}

const char* name_of(instruction_set set) {
  constexpr const char* names[] = {"scalar", "avx2", "avx512"};
  return names[static_cast<int>(set)];
}

bool is_compiled(instruction_set set) {
  return catalogue().pointwise.front().unit->cpu[static_cast<int>(set)] != nullptr;
}

instruction_set usable(instruction_set set) {
  TORCH_CHECK_VALUE(runs(set), "this processor lacks the instruction set \"", name_of(set), "\"");
  TORCH_CHECK_VALUE(is_compiled(set), "this build of nonlin lacks the instruction set \"",
                    name_of(set), "\"");
  return set;
}

void force_instruction_set(std::optional<instruction_set> choice) {
  forced = choice ? static_cast<int>(usable(*choice)) : -1;
}

}  // namespace nonlin
