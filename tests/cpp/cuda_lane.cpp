// The CUDA lanes' own text, executed on the host with a model of the special-function unit: exact,
// and perturbed by its documented error of 2 units in the last place for 2ˣ and 1 for 1/x.
#include "csrc/prelude.h"
//
#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "tests/cpp/erring_lane.h"
//
#include "csrc/cuda/pointwise.h"
#include "tests/cpp/two_texts.h"
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
#include "tests/cpp/ulp.h"
//
#include "tests/cpp/lane_bounds.h"

template <class T, class F> std::array<T, 3> evaluate(const F& f, T x) {
  using V = lane_for<T>;
  const auto jet = f(V::load(&x));
  std::array<T, 3> y;
  V(jet.value).store(&y[0]);
  V(jet.slope).store(&y[1]);
  V(jet.curvature).store(&y[2]);
  return y;
}

template <class T, class F>
void check(const char* name, const F& f, const std::vector<T>& inputs, const bounds& allowed) {
  const forgiveness forgiven(f);
  struct {
    real units;
    T x;
  } worst[std::size(perturbations)][3] = {};
  for (const T x : inputs) {
    if (!std::isfinite(number(x))) continue;
    const reals exact = exactly(f, number(x));
    const real slack = forgiven.at(number(x));
    for (std::size_t p = 0; p < std::size(perturbations); ++p) {
      unit_error = {perturbations[p].exp2, perturbations[p].reciprocal};
      const auto computed = evaluate(f, x);
      for (int m = 0; m < 3; ++m) {
        real units = error(computed[m], exact.of[m]);
        if (m == 2) units = std::max<real>(units - slack / spacing<T>(exact.of[m]), 0);
        if (units > worst[p][m].units) worst[p][m] = {units, x};
      }
    }
  }
  unit_error = {};
  for (std::size_t p = 0; p < std::size(perturbations); ++p) {
    for (int m = 0; m < 3; ++m) {
      const auto& w = worst[p][m];
      EXPECT_LE(w.units, allowed[m])
          << name << ", derivative " << m << ", " << format<T>::digits << " digits, 2ˣ off by "
          << perturbations[p].exp2 << " and 1/x by " << perturbations[p].reciprocal
          << " units, at x = " << number(w.x);
    }
  }
}

template <class F, class Visit> void for_settings(const char* name, const Visit& visit) {
  if constexpr (pointwise_formula<F, double_lane>) {
    for (const F& f : settings(F{})) visit(name, f);
  }
}
template <class Visit> void for_every_formula(const Visit& visit) {
#define NONLIN_OP(op, Type) for_settings<Type>(#op, visit);
#include "catalogue.inc"
#undef NONLIN_OP
}

template <class F> std::vector<float> float_inputs(const F& f) {
  std::mt19937 generator{5};
  const auto uniform = [&](float low, float high) {
    return std::uniform_real_distribution<float>{low, high}(generator);
  };
  std::vector<float> x{0x1p-149f,  -0x1p-149f,      0x1p-126f,
                       -0x1p-126f, 0x1.fffffep127f, -0x1.fffffep127f};
  for (int i = 0; i < 40000; ++i) {
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(generator())));
    x.push_back(uniform(-20, 20));
    x.push_back(uniform(-125, -5));
    x.push_back(uniform(-3, 0));  // where errors are largest
    for (int n = 0; n < 8; ++n) x.push_back(uniform(-1, -.8f));
    x.push_back(-std::exp2(uniform(-7, 4)));
    x.push_back(std::exp2(uniform(-149, 8)) * (i % 2 ? 1 : -1));
  }
  for (const int member : {1, 2}) {
    for (const real root : zeros(f, member)) {
      const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(root));
      for (int i = -2000; i <= 2000; ++i) x.push_back(std::bit_cast<float>(bits + i));
    }
  }
  return x;
}

TEST(CudaLane, Float32) {
  for_every_formula([](const char* name, const auto& f) {
    check(name, f, float_inputs(f), bounds_of<float>(f));
  });
}

template <class T> std::vector<T> every_input() {
  std::vector<T> x(65536);
  for (int i = 0; i < 65536; ++i) x[i].bits = static_cast<std::uint16_t>(i);
  return x;
}
TEST(CudaLane, EveryInputOf16Bits) {
  for_every_formula([](const char* name, const auto& f) {
    check(name, f, every_input<half>(), bounds_of<half>(f));
    check(name, f, every_input<bfloat16>(), bounds_of<bfloat16>(f));
  });
}

#include "tests/cpp/rounding.h"

template <class F> void check_defaults(const char* name) {
  if constexpr (pointwise_formula<F, double_lane>) {
    if constexpr (shortened<F>) {
      check_rounded_correctly(name, F{}, typename F::at_defaults{});
    } else {
      check_rounded_correctly(name, F{}, F{});
    }
  }
}
TEST(CudaLane, Bfloat16IsRoundedCorrectlyAtDefaultParameters) {
#define NONLIN_OP(op, Type) check_defaults<Type>(#op);
#include "catalogue.inc"
#undef NONLIN_OP
  const Elu selu{1.6732632423543772848, 1.0507009873554804934, 1};
  check_rounded_correctly("selu", selu, selu);
}

/// Of the definition: values at ±0 and ±∞ with the signs of zeros, derivatives as numbers.
template <class T, class F> void check_special_values(const char* name, const F& f) {
  const auto stored = [](real y) {
    T result;
    lane_for<T>(static_cast<float>(y)).store(&result);
    return result;
  };
  const auto rounded_once = [&](real y) { return number(stored(y)); };
  const auto at = [&](real x, int m) { return number(evaluate(f, stored(x))[m]); };
  for (const real zero : {0.L, -0.L}) {
    const real found = at(zero, 0), want = rounded_once(exactly(f, zero).of[0]);
    EXPECT_TRUE(found == want && std::signbit(found) == std::signbit(want)) << name << ' ' << zero;
  }
  for (int m = 0; m < 3; ++m) {
    const real y = at(NAN, m);
    EXPECT_TRUE(std::isnan(y) || is_constant(f, m, y, rounded_once))
        << name << ", derivative " << m << " at NaN: " << y;
    for (const real side : {-1.L, 1.L}) {
      const real found = at(side * INFINITY, m), want = rounded_once(limit(f, m, side));
      EXPECT_TRUE(found == want && (m > 0 || std::signbit(found) == std::signbit(want)))
          << name << ", derivative " << m << " at " << side << "·∞: " << found << ", not " << want;
    }
  }
}
TEST(CudaLane, SpecialValues) {
  for_every_formula([](const char* name, const auto& f) {
    check_special_values<float>(name, f);
    check_special_values<half>(name, f);
    check_special_values<bfloat16>(name, f);
  });
}

/// To the nearest, and to even from the middle; what is loaded is stored unchanged.
template <class T> void check_stores() {
  const auto stored = [](float x) {
    T y;
    lane_for<T>::load(&x).store(&y);
    return y;
  };
  for (const T x : every_input<T>()) {
    const float wide = lane_for<T>::load(&x).v;
    if (std::isnan(number(x))) {
      EXPECT_TRUE(std::isnan(wide) && std::isnan(number(stored(wide))));
    } else {
      EXPECT_EQ(wide, number(x));
      EXPECT_EQ(stored(wide).bits, x.bits);
    }
  }
  std::mt19937 generator{6};
  for (int i = 0; i < 1000000; ++i) {
    const auto bits = static_cast<std::uint32_t>(generator());
    // Random ones, and those around the middle between two neighbours.
    const auto chosen = i % 2 ? bits : (bits & 0xfffff000) + (bits % 3 - 1);
    const float x = std::bit_cast<float>(chosen);
    if (std::isnan(x)) continue;
    const real units = error(stored(x), x);
    EXPECT_LE(units, .5L) << x;
    EXPECT_TRUE(units < .5L || stored(x).bits % 2 == 0) << x;
  }
}
TEST(CudaLane, Stores) {
  check_stores<half>();
  check_stores<bfloat16>();
}

TEST(CudaLane, TextsForDefaultParametersGiveTheSameBits) {
  std::vector<float> x = float_inputs(Gelu{});
  EXPECT_EQ((differences<gpu_lane<24>>(x.data(), int(x.size()))), 0);
  const std::vector<double> wide(x.begin(), x.end());
  EXPECT_EQ((differences<double_lane>(wide.data(), int(wide.size()))), 0);
  for (float& v : x) v = std::bit_cast<float>(std::bit_cast<std::uint32_t>(v) & 0xffff0000);
  EXPECT_EQ((differences<gpu_lane<8>>(x.data(), int(x.size()))), 0);
}

}  // namespace
}  // namespace nonlin::cuda
