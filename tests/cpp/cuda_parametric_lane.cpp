// The formulas of x and a weight on the CUDA lanes, executed on the host as in cuda_lane.cpp.
#include "csrc/prelude.h"
//
#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "tests/cpp/erring_lane.h"
//
#include "csrc/cuda/pointwise.h"
#include "ops.inc"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace nonlin::cuda {
namespace {
#include "tests/cpp/reals.h"
//
#include "tests/cpp/parametric_reals.h"
#include "tests/cpp/ulp.h"
//
#include "tests/cpp/parametric_lane_bounds.h"

template <class T, class F> std::array<T, members> evaluate(const F& f, T x, T w) {
  using V = lane_for<T>;
  const auto jet = f(V::load(&x), V::load(&w));
  std::array<T, members> y;
  V(jet.value).store(&y[0]);
  V(jet.x).store(&y[1]);
  V(jet.w).store(&y[2]);
  V(jet.xx).store(&y[3]);
  V(jet.xw).store(&y[4]);
  V(jet.ww).store(&y[5]);
  return y;
}

template <class T> T nearest(float x) {
  T y;
  lane_for<T>(x).store(&y);
  return y;
}

/// Weights of all sizes, and products of moderate size: far in the tails, next to the roots.
template <class T, class Visit> void for_points(const Visit& visit) {
  std::mt19937 generator{5};
  const auto uniform = [&](float low, float high) {
    return std::uniform_real_distribution<float>{low, high}(generator);
  };
  const auto sign = [&] { return generator() % 2 ? 1.f : -1.f; };
  for (int i = 0; i < 20000; ++i) {
    const float weight = i % 3 == 0   ? uniform(-3, 3)
                         : i % 3 == 1 ? sign() * std::exp2(uniform(-20, 7))
                                      : sign() * std::exp2(uniform(-126, 127.9f));
    const T w = nearest<T>(weight);
    const float divisor = float(number(w));
    for (const float z :
         {uniform(-20, 20), uniform(-170, 170), sign() * std::exp2(uniform(-149, 7)),
          1.2784645f * sign() * (1 + sign() * std::exp2(uniform(-30, -2))),
          2.3993573f * sign() * (1 + sign() * std::exp2(uniform(-30, -2)))}) {
      const T x = nearest<T>(z / divisor);
      // Larger ones, with weights as small as theirs are large, are beyond the formula.
      if (divisor != 0 && fabsl(number(x)) < 0x1p126L && std::isfinite(divisor)) visit(x, w);
    }
  }
}

template <class T, class F> void check(const char* name, const F& f, const numbers& allowed) {
  struct {
    real units;
    T x, w;
  } worst[std::size(perturbations)][members] = {};
  for_points<T>([&](T x, T w) {
    const point expected = at<T>(f, number(x), number(w));
    for (std::size_t p = 0; p < std::size(perturbations); ++p) {
      unit_error = {perturbations[p].exp2, perturbations[p].reciprocal};
      const auto computed = evaluate(f, x, w);
      for (int m = 0; m < members; ++m) {
        const real exact = expected.exact[m];
        const real units = error(computed[m], exact) - expected.slack[m] / spacing<T>(exact);
        if (units > worst[p][m].units) worst[p][m] = {units, x, w};
      }
    }
  });
  unit_error = {};
  for (std::size_t p = 0; p < std::size(perturbations); ++p) {
    for (int m = 0; m < members; ++m) {
      const auto& at_worst = worst[p][m];
      EXPECT_LE(at_worst.units, allowed[m])
          << name << ", " << names[m] << ", " << format<T>::digits << " digits, 2ˣ off by "
          << perturbations[p].exp2 << " and 1/x by " << perturbations[p].reciprocal
          << " units, at x = " << number(at_worst.x) << ", w = " << number(at_worst.w);
    }
  }
}

/// Also for weights that with the largest finite x would not be large.
template <class T> void check_special_values() {
  constexpr float inf = INFINITY;
  const auto near = [](real a, float b) { return std::isnan(b) ? std::isnan(a) : a == b; };
  const auto check = [&](float x, float w, const std::array<float, members>& limit) {
    const auto y = evaluate(ParametricSwish{}, nearest<T>(x), nearest<T>(w));
    for (int m = 0; m < members; ++m) {
      EXPECT_TRUE(near(number(y[m]), limit[m]))
          << "parametric_swish, " << names[m] << ", " << format<T>::digits
          << " digits: at x = " << x << ", w = " << w << " it is " << number(y[m]) << ", not "
          << limit[m];
    }
    EXPECT_TRUE(limit[0] != 0 || std::signbit(number(y[0])) == std::signbit(x)) << x << ", " << w;
  };
  for (const float x : {inf, -inf}) {
    for (const float w : {1.f, 30.f, 0x1p-20f, 0x1p-130f}) {
      if (number(nearest<T>(w)) == 0) continue;
      check(x, std::copysign(w, x), {x, 1, 0, 0, 0, 0});
      check(x, std::copysign(w, -x), {0, 0, 0, 0, 0, 0});
    }
    for (const float w : {0.f, -0.f}) check(x, w, {x, .5f, inf, 0, x, 0});
  }
  for (const float x : {0.f, -0.f}) {
    for (const float w : {2.f, -2.f, 0.f, -0.f}) check(x, w, {0, .5f, 0, w / 2, 0, 0});
  }
  const std::array<float, members> nans = {NAN, NAN, NAN, NAN, NAN, NAN};
  for (const auto& [x, w] : {std::pair{NAN, 1.f}, {1.f, NAN}, {NAN, NAN}}) check(x, w, nans);
}
TEST(CudaParametricLane, SwishAtSpecialValues) {
  check_special_values<float>();
  check_special_values<half>();
  check_special_values<bfloat16>();
}

/// Also where the weight or its reciprocal is subnormal; there they have fewer bits.
TEST(CudaParametricLane, Reach) {
  using V = gpu_lane<24>;
  for (int exponent = -149; exponent <= 127; ++exponent) {
    const float scale = std::ldexp(exponent < -126 ? 1.f : 1.7f, exponent);
    const real exact = std::min<real>(exp_argument_limit<V> / real(scale), largest_finite<V>);
    EXPECT_LE(error(scaled_argument_limit(V(scale)).v, exact), 4) << "reach of " << scale;
  }
  EXPECT_EQ(scaled_argument_limit(V(0)).v, float(largest_finite<V>));
}
template <class F> void check_types(const char* name) {
  check<float>(name, F{}, bounds_of<float>(F{}));
  check<half>(name, F{}, bounds_of<half>(F{}));
  check<bfloat16>(name, F{}, bounds_of<bfloat16>(F{}));
}
TEST(CudaParametricLane, Prelu) { check_types<Prelu>("prelu"); }
TEST(CudaParametricLane, Swish) { check_types<ParametricSwish>("parametric_swish"); }

}  // namespace
}  // namespace nonlin::cuda
