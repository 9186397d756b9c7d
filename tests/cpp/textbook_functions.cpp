// The elementary functions on textbook lanes: doubles, and dual numbers, whose derivatives are
// those of calculus, relatively accurate in tails too.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace nonlin::dual_numbers {
namespace {
#include "csrc/math/dual.h"
}  // namespace
}  // namespace nonlin::dual_numbers

#include <gtest/gtest.h>

namespace nonlin::dual_numbers {
namespace {

using real = long double;
using number = reference_lane<24>;
using twice_derived = dual<dual<number>>;

struct derivatives {
  real f, slope, curvature;
};
/// σ(x) for an x that may be far to the left.
real sigma(real x) { return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x)); }
real sech_squared_of(real x) {
  const real z = expl(-2 * fabsl(x));
  return 4 * z / ((1 + z) * (1 + z));
}

template <class F, class G> void check(const char* name, double from, double to, F f, G exactly) {
  for (int i = 1; i < 2000; ++i) {
    const double x = from + (to - from) * i / 2000;
    const twice_derived y = f(twice_derived(dual<number>(x, 1), dual<number>(1, 0)));
    const derivatives want = exactly(real(x));
    const auto near = [&](double found, real exact, const char* what) {
      ASSERT_LE(fabsl(found - exact), 1e-14L * fabsl(exact) + 0x1p-1070L)
          << what << " of " << name << " at " << x << ": " << found << ", not " << exact;
    };
    near(y.v.v.v, want.f, "value");
    near(y.v.d.v, want.slope, "slope");
    near(y.d.v.v, want.slope, "slope");
    near(y.d.d.v, want.curvature, "curvature");
  }
}

TEST(TextbookFunctions, HaveTheDerivativesOfCalculus) {
  check(
      "log", 0, 9, [](auto x) { return log(x); },
      [](real x) {
        return derivatives{logl(x), 1 / x, -1 / (x * x)};
      });
  check(
      "log1p", -.9, 9, [](auto x) { return log1p(x); },
      [](real x) {
        return derivatives{log1pl(x), 1 / (1 + x), -1 / ((1 + x) * (1 + x))};
      });
  check(
      "sqrt", 0, 9, [](auto x) { return sqrt(x); },
      [](real x) {
        return derivatives{sqrtl(x), .5L / sqrtl(x), -.25L / (x * sqrtl(x))};
      });
  check(
      "rsqrt", 0, 9, [](auto x) { return rsqrt(x); },
      [](real x) {
        return derivatives{1 / sqrtl(x), -.5L / (x * sqrtl(x)), .75L / (x * x * sqrtl(x))};
      });
  check(
      "erf", -5, 5.003, [](auto x) { return erf(x); },
      [](real x) {
        const real slope = 2 / sqrtl(acosl(-1)) * expl(-x * x);
        return derivatives{erfl(x), slope, -2 * x * slope};
      });
  check(
      "erfc", 0, 5, [](auto x) { return erfc(decltype(x)(1), x); },
      [](real x) {
        const real slope = -2 / sqrtl(acosl(-1)) * expl(-x * x);
        return derivatives{erfcl(x), slope, -2 * x * slope};
      });
  check(
      "sin", .1, 3, [](auto x) { return sin(x); },
      [](real x) {
        return derivatives{sinl(x), cosl(x), -sinl(x)};
      });
  check(
      "cos", .1, 3, [](auto x) { return cos(x); },
      [](real x) {
        return derivatives{cosl(x), -sinl(x), -cosl(x)};
      });
  check(
      "tanh", -300, 300.3, [](auto x) { return tanh(x); },
      [](real x) {
        const real slope = sech_squared_of(x);
        return derivatives{tanhl(x), slope, -2 * tanhl(x) * slope};
      });
  check(
      "logistic", -700, 700.3, [](auto x) { return logistic(x); },
      [](real x) {
        const real slope = sech_squared_of(x / 2) / 4;
        return derivatives{sigma(x), slope, -tanhl(x / 2) * slope};
      });
  check(
      "softplus", -700, 700.3, [](auto x) { return softplus(x); },
      [](real x) {
        const real value = (x > 0 ? x : 0) + log1pl(expl(-fabsl(x)));
        return derivatives{value, sigma(x), sech_squared_of(x / 2) / 4};
      });
  check(
      "log_logistic", -700, 700.3, [](auto x) { return log_logistic(x); },
      [](real x) {
        const real value = (x < 0 ? x : 0) - log1pl(expl(-fabsl(x)));
        return derivatives{value, sigma(-x), -sech_squared_of(x / 2) / 4};
      });
}

/// What an approximate lane computes by polynomials is computed by definition here.
TEST(TextbookFunctions, OfEightBitsAreTheSame) {
  using brief = reference_lane<8>;
  for (double x = -3; x < 3; x += 1 / 64.) {
    EXPECT_EQ(logistic(brief(x)).v, logistic(number(x)).v);
    EXPECT_EQ(softplus(brief(x)).v, softplus(number(x)).v);
    EXPECT_EQ(tanh(brief(x)).v, tanh(number(x)).v);
    EXPECT_EQ(erf(brief(x)).v, erf(number(x)).v);
  }
}

TEST(TextbookFunctions, TakeTheSideOfTheSignBitAtZero) {
  using first = dual<number>;
  for (const double zero : {0., -0.}) {
    EXPECT_NEAR(logistic(first(zero, 1)).d.v, .25, 1e-15);
    EXPECT_NEAR(softplus(first(zero, 1)).d.v, .5, 1e-15);
    EXPECT_NEAR(log_logistic(first(zero, 1)).d.v, .5, 1e-15);
    EXPECT_NEAR(tanh(first(zero, 1)).d.v, 1, 1e-15);
    EXPECT_EQ(std::signbit(tanh(number(zero)).v), std::signbit(zero));
  }
}

}  // namespace
}  // namespace nonlin::dual_numbers
