#pragma once
/// The units of the activations, for every instruction set.
#include "csrc/prelude.h"

#include "csrc/descriptor.h"

#include <ostream>
#include <vector>

namespace nonlin {
namespace {
namespace formulas {
#include "csrc/family/gated.h"
#include "csrc/family/groupwise.h"
#include "csrc/family/parametric.h"
#include "csrc/family/pointwise.h"
#include "csrc/math/textbook.h"
#include "ops.inc"

using V = reference_lane<53>;
template <class F> auto family() {
  if constexpr (parametric_formula<F, V>) {
    return parametric::cpu_unit{};
  } else if constexpr (gated_formula<F>) {
    return gated::cpu_unit{};
  } else if constexpr (groupwise_formula<F, V>) {
    return groupwise::cpu_unit{};
  } else {
    return pointwise::cpu_unit{};
  }
}
}  // namespace formulas
}  // namespace

#define DECLARE(isa, op, Type)                                         \
  namespace isa {                                                      \
  extern const decltype(formulas::family<formulas::Type>()) op##_unit; \
  }
#if defined(__x86_64__)
#define NONLIN_OP(op, Type) \
  DECLARE(scalar, op, Type) DECLARE(avx2, op, Type) DECLARE(avx512, op, Type)
#else
#define NONLIN_OP(op, Type) DECLARE(scalar, op, Type)
#endif
#include "catalogue.inc"
#undef NONLIN_OP
#undef DECLARE

namespace {

template <class CpuUnit> struct Unit {
  const char* op;
  const char* instruction_set;
  const CpuUnit* kernels;
  bool usable;

  friend std::ostream& operator<<(std::ostream& stream, const Unit& unit) {
    return stream << unit.op << " for " << unit.instruction_set;
  }
};

/// Those of one family.
template <class CpuUnit> std::vector<Unit<CpuUnit>> units() {
  std::vector<Unit<CpuUnit>> list;
  const auto add = [&](const char* op, const char* isa, const auto& unit, bool usable) {
    if constexpr (std::is_same_v<decltype(unit), const CpuUnit&>) {
      list.push_back({op, isa, &unit, usable});
    }
  };
#define NONLIN_OP(op, Type) add(#op, "scalar", scalar::op##_unit, true);
#include "catalogue.inc"
#undef NONLIN_OP
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2"), avx512 = __builtin_cpu_supports("avx512vl");
#define NONLIN_OP(op, Type)                \
  add(#op, "avx2", avx2::op##_unit, avx2); \
  add(#op, "avx512", avx512::op##_unit, avx512);
#include "catalogue.inc"
#undef NONLIN_OP
#endif
  return list;
}

}  // namespace
}  // namespace nonlin
