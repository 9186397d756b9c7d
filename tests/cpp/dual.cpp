// Every formula's slope and curvature are proved against its value: dual numbers carry first and
// second derivatives through the same text, in double.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace nonlin::dual_numbers {
namespace {
#include "csrc/dual.h"
#include "ops.inc"
}  // namespace
}  // namespace nonlin::dual_numbers

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace nonlin::dual_numbers {
namespace {
#include "tests/cpp/reals.h"

/// `Bits` chooses the text where a formula has two.
template <int Bits, class F> void prove(const char* name, const F& f) {
  using V = exact<Bits>;
  using First = dual<V>;
  using Second = dual<First>;
  for (int i = -4000; i <= 4000; ++i) {
    const double x = i / 200. + 1 / 1024.;
    const Second along(First(x, 1), First(1, 0));
    const auto jet = f(V(x));
    const Second value = f(along).value;
    const double slope = V(jet.slope).v, curvature = V(jet.curvature).v;
    const double scale = 1e-12 * std::max({1., std::fabs(slope), std::fabs(curvature)});
    ASSERT_EQ(value.v.v.v, V(jet.value).v) << name << '<' << Bits << "> at " << x;
    ASSERT_NEAR(value.v.d.v, slope, scale) << name << '<' << Bits << "> at " << x;
    ASSERT_NEAR(value.d.v.v, slope, scale) << name << '<' << Bits << "> at " << x;
    ASSERT_NEAR(value.d.d.v, curvature, scale) << name << '<' << Bits << "> at " << x;
    const First turn = f(First(x, 1)).slope;
    ASSERT_NEAR(turn.d.v, curvature, scale) << name << "' <" << Bits << "> at " << x;
  }
}

#define NONLIN_OP(op)                    \
  TEST(Dual, op) {                       \
    for (const op& f : settings(op{})) { \
      prove<8>(#op, f);                  \
      prove<24>(#op, f);                 \
    }                                    \
  }
#include "catalogue.inc"
#undef NONLIN_OP

/// At zero the derivatives are those of the side that the sign bit names: both sides agree on them.
#define NONLIN_OP(op)                                                    \
  TEST(DualAtZero, op) {                                                 \
    using First = dual<exact<24>>;                                       \
    for (const double zero : {0., -0.}) {                                \
      const auto jet = op{}(First(zero, 1));                             \
      const First value = jet.value, slope = jet.slope;                  \
      EXPECT_NEAR(value.d.v, First(jet.slope).v.v, 1e-15) << zero;       \
      if (First(op{}(First(1e-9, 1)).curvature).v.v != 0) {              \
        EXPECT_NEAR(slope.d.v, First(jet.curvature).v.v, 1e-15) << zero; \
      }                                                                  \
    }                                                                    \
  }
#include "catalogue.inc"
#undef NONLIN_OP

}  // namespace
}  // namespace nonlin::dual_numbers
