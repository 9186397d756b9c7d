#include "instruction_set.h"

#include <ATen/Version.h>

#include <atomic>

namespace nonlin {
namespace {

instruction_set allowed_by_torch() {
  const std::string capability = at::get_cpu_capability();
  if (capability == "AVX512") return instruction_set::avx512;
  if (capability == "AVX2") return instruction_set::avx2;
  return instruction_set::scalar;
}

std::atomic<int> forced{-1};

}  // namespace

instruction_set current_instruction_set() {
  static const instruction_set allowed = allowed_by_torch();
  const int choice = forced.load(std::memory_order_relaxed);
  return choice < 0 ? allowed : static_cast<instruction_set>(choice);
}

void force_instruction_set(std::optional<instruction_set> choice) {
  forced = choice ? static_cast<int>(*choice) : -1;
}

}  // namespace nonlin
