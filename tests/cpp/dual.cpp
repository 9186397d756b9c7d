// Every formula's derivatives are proved against its value: dual numbers carry first and second
// derivatives through the same text, in double.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace nonlin::dual_numbers {
namespace {
#include "csrc/math/dual.h"
//
#include "csrc/family/parametric.h"
#include "csrc/family/pointwise.h"
#include "ops.inc"
}  // namespace
}  // namespace nonlin::dual_numbers

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace nonlin::dual_numbers {
namespace {
#include "tests/cpp/reals.h"

template <int Bits> using first = dual<reference_lane<Bits>>;
template <int Bits> using second = dual<first<Bits>>;

/// Points on both sides of 0, but not 0.
template <class Visit> void for_points(const Visit& visit) {
  for (int i = -4000; i <= 4000; ++i) visit(i / 200. + 1 / 1024.);
}

/// `Bits` chooses the text where a formula has two.
template <int Bits, pointwise_formula<reference_lane<24>> F>
void prove(const char* name, const F& f) {
  using V = reference_lane<Bits>;
  using First = first<Bits>;
  for_points([&](double x) {
    const second<Bits> along(First(x, 1), First(1, 0));
    const auto jet = f(V(x));
    const second<Bits> value = f(along).value;
    const double slope = V(jet.slope).v, curvature = V(jet.curvature).v;
    const double scale = 1e-12 * std::max({1., std::fabs(slope), std::fabs(curvature)});
    ASSERT_EQ(value.v.v.v, V(jet.value).v) << name << '<' << Bits << "> at " << x;
    if (!has_surrogate_slope<F>) {
      ASSERT_NEAR(value.v.d.v, slope, scale) << name << '<' << Bits << "> at " << x;
      ASSERT_NEAR(value.d.v.v, slope, scale) << name << '<' << Bits << "> at " << x;
      ASSERT_NEAR(value.d.d.v, curvature, scale) << name << '<' << Bits << "> at " << x;
    }
    const First turn = f(First(x, 1)).slope;
    ASSERT_NEAR(turn.d.v, curvature, scale) << name << "' <" << Bits << "> at " << x;
  });
}

/// The same along x and along w: direction 1 moves x, direction 0 moves w.
template <int Bits, parametric_formula<reference_lane<24>> F>
void prove(const char* name, const F& f) {
  using V = reference_lane<Bits>;
  using First = first<Bits>;
  using Second = second<Bits>;
  for (const double w : {-4., -1., -.6, -1e-3, 1e-3, .25, 1., 1.702, 30.}) {
    for_points([&](double x) {
      const auto jet = f(V(x), V(w));
      const double slope[] = {V(jet.w).v, V(jet.x).v};
      const double ww = V(jet.ww).v, xw = V(jet.xw).v, xx = V(jet.xx).v;
      const double bend[2][2] = {{ww, xw}, {xw, xx}};
      const double most = std::max({std::fabs(slope[0]), std::fabs(slope[1]), std::fabs(ww),
                                    std::fabs(xw), std::fabs(xx), 1.});
      for (const int i : {0, 1}) {
        const auto turn = f(First(x, i), First(w, 1 - i));
        const auto where = [&](int j) {
          return testing::Message() << name << '<' << Bits << "> at " << x << ", " << w
                                    << ", directions " << i << ", " << j;
        };
        ASSERT_NEAR(First(turn.w).d.v, bend[i][0], 1e-12 * most) << where(0);
        ASSERT_NEAR(First(turn.x).d.v, bend[i][1], 1e-12 * most) << where(1);
        for (const int j : {0, 1}) {
          const Second moved_x(First(x, j), First(i)), moved_w(First(w, 1 - j), First(1 - i));
          const Second value = f(moved_x, moved_w).value;
          ASSERT_EQ(value.v.v.v, V(jet.value).v) << where(j);
          ASSERT_NEAR(value.v.d.v, slope[j], 1e-12 * most) << where(j);
          ASSERT_NEAR(value.d.v.v, slope[i], 1e-12 * most) << where(j);
          ASSERT_NEAR(value.d.d.v, bend[i][j], 1e-12 * most) << where(j);
        }
      }
    });
  }
}

/// A choice among entries has no derivatives to prove.
template <int Bits, class F> void prove(const char*, const F&) {}

/// The text for the default parameters, where there is one.
template <class F> void prove_shortened(const char*) {}
template <shortened F> void prove_shortened(const char* name) {
  prove<8>(name, typename F::at_defaults{});
  prove<24>(name, typename F::at_defaults{});
}

#define NONLIN_OP(op, Type)                  \
  TEST(Dual, op) {                           \
    for (const Type& f : settings(Type{})) { \
      prove<8>(#op, f);                      \
      prove<24>(#op, f);                     \
    }                                        \
    prove_shortened<Type>(#op);              \
  }
#include "catalogue.inc"
#undef NONLIN_OP

/// At zero the derivatives are those of the side that the sign bit names: both sides agree on them.
/// So it is for a weight of zero.
template <pointwise_formula<reference_lane<24>> F>
void prove_at_zero(const char* name, const F& f) {
  using First = first<24>;
  for (const double zero : {0., -0.}) {
    const auto jet = f(First(zero, 1));
    const First value = jet.value, slope = jet.slope;
    const double steep = slope.v.v, bend = First(jet.curvature).v.v;
    const double scale = 1e-15 * std::max({1., std::fabs(steep), std::fabs(bend)});
    if (!has_surrogate_slope<F>) {
      EXPECT_NEAR(value.d.v, steep, scale) << name << "' at " << zero;
    }
    EXPECT_NEAR(slope.d.v, bend, scale) << name << "'' at " << zero;
  }
}
template <parametric_formula<reference_lane<24>> F> void prove_at_zero(const char*, const F& f) {
  using First = first<24>;
  for (const double zero : {0., -0.}) {
    const auto along = f(First(zero, 1), First(.3)), across = f(First(zero), First(.3, 1));
    EXPECT_NEAR(First(along.value).d.v, First(along.x).v.v, 1e-15) << zero;
    EXPECT_NEAR(First(along.x).d.v, First(along.xx).v.v, 1e-15) << zero;
    EXPECT_NEAR(First(along.w).d.v, First(along.xw).v.v, 1e-15) << zero;
    EXPECT_NEAR(First(across.value).d.v, First(along.w).v.v, 1e-15) << zero;
    EXPECT_NEAR(First(across.x).d.v, First(along.xw).v.v, 1e-15) << zero;
    EXPECT_NEAR(First(across.w).d.v, First(along.ww).v.v, 1e-15) << zero;
    for (const double x : {-1.5, .75}) {
      const auto jet = f(First(x), First(zero, 1));
      EXPECT_NEAR(First(jet.value).d.v, First(jet.w).v.v, 1e-15) << zero;
      EXPECT_NEAR(First(jet.x).d.v, First(jet.xw).v.v, 1e-15) << zero;
      EXPECT_NEAR(First(jet.w).d.v, First(jet.ww).v.v, 1e-15) << zero;
    }
  }
}
template <class F> void prove_at_zero(const char*, const F&) {}

/// The text for the default parameters, where there is one.
template <class F> void prove_shortened_at_zero(const char*) {}
template <shortened F> void prove_shortened_at_zero(const char* name) {
  prove_at_zero(name, typename F::at_defaults{});
}

#define NONLIN_OP(op, Type)                                       \
  TEST(DualAtZero, op) {                                          \
    for (const Type& f : settings(Type{})) prove_at_zero(#op, f); \
    prove_shortened_at_zero<Type>(#op);                           \
  }
#include "catalogue.inc"
#undef NONLIN_OP

}  // namespace
}  // namespace nonlin::dual_numbers
