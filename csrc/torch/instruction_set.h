#pragma once
/// The one place that chooses the instruction set.
#include <optional>

#include "catalogue.h"

namespace nonlin {

/// The one in use: the best in this build that PyTorch's ATEN_CPU_CAPABILITY allows, or the one
/// that was forced.
enum class instruction_set : int { scalar, avx2, avx512 };
NONLIN_EXPORT instruction_set current_instruction_set();
/// "scalar", "avx2" or "avx512".
NONLIN_EXPORT const char* name_of(instruction_set);
/// Whether this build has kernels for it; for scalar, every build has.
NONLIN_EXPORT bool is_compiled(instruction_set);
/// That one. Throws where this processor or this build lacks it.
NONLIN_EXPORT instruction_set usable(instruction_set);
/// Forces one that is usable, or returns to PyTorch's with an empty value.
NONLIN_EXPORT void force_instruction_set(std::optional<instruction_set>);

/// The unit for the instruction set in use.
template <class CpuUnit, class CudaUnit>
const CpuUnit& unit_in_use(const activation<CpuUnit, CudaUnit>& unit) {
  return *unit.cpu[static_cast<int>(current_instruction_set())];
}

}  // namespace nonlin
