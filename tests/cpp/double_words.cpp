// Double-word arithmetic, exactly, against numbers of 113 bits: on lanes of one number, whose text
// is that of all lanes.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace nonlin::double_words {
namespace {
#include "csrc/simd/scalar.h"
//
#include "csrc/simd/gpu.h"
//
#include "csrc/formula.h"
}  // namespace
}  // namespace nonlin::double_words

#include <gtest/gtest.h>

#include <random>

namespace nonlin::double_words {
namespace {

using quad = __float128;

template <class V> quad exactly(V a) { return a.v; }
template <class V> quad exactly(double_word<V> a) { return quad(a.hi.v) + quad(a.lo.v); }

template <class V> double_word<V> of_one_sign(double_word<V> a) { return a.hi.v < 0 ? -a : a; }

template <class V> class DoubleWords : public testing::Test {
 protected:
  using number = decltype(V(0).v);
  static constexpr int digits = std::is_same_v<number, double> ? 53 : 24;
  std::mt19937_64 generator{3};

  V any(double low = -8, double high = 8) {
    const double e = std::uniform_real_distribution<double>{low, high}(generator);
    const double s = generator() % 2 ? 1 : -1;
    return V(static_cast<number>(s * std::exp2(e)));
  }
  /// |lo| at most half a unit in the last place of hi.
  static bool is_normalized(double_word<V> a) { return (a.hi + a.lo).v == a.hi.v; }
  static double relative(quad computed, quad exact) {
    const quad off = computed - exact;
    return double((off < 0 ? -off : off) / (exact < 0 ? -exact : exact));
  }
};
using Lanes = testing::Types<scalar<24>, scalar<11>, double_lane, gpu_lane<24>>;
TYPED_TEST_SUITE(DoubleWords, Lanes);

TYPED_TEST(DoubleWords, SumsAndProductsOfTwoNumbersAreExact) {
  using V = TypeParam;
  for (int i = 0; i < 100000; ++i) {
    const V a = this->any(), b = this->any();
    const auto p = two_prod(a, b), s = two_sum(a, b), e = exact_product(a, b);
    ASSERT_TRUE(exactly(p) == exactly(a) * exactly(b) && this->is_normalized(p));
    ASSERT_TRUE(exactly(e) == exactly(p));
    ASSERT_TRUE(exactly(s) == exactly(a) + exactly(b) && this->is_normalized(s));
    const V c = 256, z = abs(a);
    const auto f = fast_two_sum(offset_sum<V>{c, z});
    ASSERT_TRUE(exactly(f) == exactly(c) + exactly(z) && this->is_normalized(f));
    const double_word<V> split = make_double_word(c, a);
    const auto r = renormalize(split);
    ASSERT_TRUE(exactly(r) == exactly(split) && this->is_normalized(r));
    ASSERT_TRUE(rounded(split).v == r.hi.v);
  }
}

/// A bit is allowed for what the roundings of low parts add.
TYPED_TEST(DoubleWords, SumsAndProductsOfDoubleWords) {
  using V = TypeParam;
  const double least = std::ldexp(1., 2 - 2 * this->digits);
  for (int i = 0; i < 100000; ++i) {
    const V c = this->any();
    const auto a = two_prod(this->any(), this->any()), b = two_prod(this->any(), this->any());
    const quad x = exactly(a), y = exactly(b), w = exactly(c);
    ASSERT_LE(this->relative(exactly(two_prod(a, b)), x * y), 2 * least);
    ASSERT_LE(this->relative(exactly(two_prod(c, b)), w * y), 2 * least);
    const double_word<V> p = two_sum(of_one_sign(a), of_one_sign(b));
    ASSERT_LE(this->relative(exactly(p), exactly(of_one_sign(a)) + exactly(of_one_sign(b))),
              2 * least);
    const double half_ulp = std::ldexp(1., -this->digits);
    ASSERT_LE(this->relative(exactly(a * b), x * y), 1.001 * half_ulp);
    ASSERT_LE(this->relative(exactly(c * b), w * y), 1.001 * half_ulp);
    ASSERT_LE(this->relative(exactly(fma(c, b, c * b)), w * y + exactly(c * b)), 2.01 * half_ulp);
  }
}

/// By their squares, which are twice as far off.
TYPED_TEST(DoubleWords, Roots) {
  using V = TypeParam;
  const double least = std::ldexp(1., 2 - 2 * this->digits);
  for (int i = 0; i < 100000; ++i) {
    const double_word<V> a = of_one_sign(two_prod(this->any(), this->any())), root = sqrt(a);
    ASSERT_LE(this->relative(exactly(root) * exactly(root), exactly(a)), 2 * least);
  }
}

/// The product drops lo·lo: with two that are not normalized it is wrong, and renormalize mends it.
TYPED_TEST(DoubleWords, ProductsWantOneNormalizedFactor) {
  using V = TypeParam;
  const double_word<V> a{1, .25};
  const double half_ulp = std::ldexp(1., -this->digits);
  EXPECT_GT(this->relative(exactly(a * a), exactly(a) * exactly(a)), .01);
  EXPECT_LE(this->relative(exactly(renormalize(a) * a), exactly(a) * exactly(a)), half_ulp);
}

TYPED_TEST(DoubleWords, DifferencesFromAConstant) {
  using V = TypeParam;
  constexpr constant third{1. / 3, 0x1.5555555555555p-56};
  const quad c = quad(1) / 3;
  for (int i = 0; i < 100000; ++i) {
    const V t = V(1. / 3) * (1 + this->any(-this->digits + 2, -2));
    const double least = std::ldexp(1., 1 - 2 * this->digits);
    const auto off = [&](auto d, quad of) { return double(exactly(d) - (c - of)); };
    ASSERT_LE(std::fabs(off(difference(third, t), exactly(t))), 2 * least);
    const double_word<V> u{t, t * V(std::ldexp(1., -this->digits - 1))};
    ASSERT_LE(std::fabs(off(difference(third, u), exactly(u))), 2 * least);
    ASSERT_LE(std::fabs(off(fast_difference(third, t), exactly(t))), 2 * least);
  }
}

/// Numbers as m·2ⁿ keep what a product of their factors has, far below the least number and above
/// the largest.
TYPED_TEST(DoubleWords, ExponentsAreSplit) {
  using V = TypeParam;
  const double end = this->digits > 24 ? 700 : 80;
  for (int i = 0; i < 1000; ++i) {
    const V a = V(-end + i * (end / 1000));
    const auto e = exp_double_word(a);
    const auto [near, far] = split_exponent(rounded(e.m), V(3), e.n);
    const double want = 3 * std::exp(double(a.v)), got = double(near.v) * double(far.v);
    ASSERT_NEAR(got / want, 1, 1e-4) << a.v;
  }
}

TEST(Series, AreTakenNextToTheRootAlone) {
  constexpr constant root{.5};
  EXPECT_EQ(by_series_near(root, gpu_lane<11>(.5), gpu_lane<11>(7), 3, 2).v, 0);
  EXPECT_EQ(by_series_near(root, gpu_lane<11>(.46875), gpu_lane<11>(7), 2, 32).v, .09375f);
  EXPECT_EQ(by_series_near(root, gpu_lane<11>(.4375), gpu_lane<11>(7), 3, 2).v, 7);
  EXPECT_EQ(by_series_near(root, gpu_lane<8>(.5), gpu_lane<8>(7), 3, 2).v, 7);
}
TEST(Series, Horner) {
  constexpr polynomial<double, 2> p{0x1p-60, {1, 2, 3}};
  const auto y = horner(p, double_lane(2));
  EXPECT_EQ(y.hi.v, 1);
  EXPECT_EQ(y.lo.v, 16);
  EXPECT_EQ(at(p, double_lane(2)).v, 17);
}

/// NaN and zeros, as csrc/math/select.h says.
TEST(Choices, AtZeroAndForNaN) {
  using V = scalar<24>;
  const V nan = NAN, minus_zero = -0.f;
  EXPECT_TRUE(std::signbit(positive_part(minus_zero).v));
  EXPECT_FALSE(std::signbit(positive_part(V(0)).v));
  for (const V y : {positive_part(nan), magnitude(nan, 2), clamp(nan, -1, 1)}) {
    EXPECT_TRUE(std::isnan(y.v));
  }
  for (const V x : {V(0), minus_zero, nan}) {
    EXPECT_EQ(if_positive(x, 2, 3).v, 3);
    EXPECT_EQ(pick_positive(x, 2, 3).v, 3);
  }
  EXPECT_EQ(reflect(minus_zero, 1, V(.25)).v, .25f);
  EXPECT_EQ(reflect(V(0), 1, V(.25)).v, .75f);
  EXPECT_TRUE(std::signbit(copysign(minus_zero, V(1)).v));
  EXPECT_TRUE(std::signbit(signed_zero(V(0), minus_zero).v));
}

}  // namespace
}  // namespace nonlin::double_words
