// The functions from which formulas are made, each by itself: domain and worst error are those that
// csrc/math/ states.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "tests/cpp/primitive_rows.h"
#include "tests/cpp/sets.h"

namespace nonlin {
namespace {

/// Even steps through the domain, every power of two, and the neighbours of the root.
template <class T> std::vector<T> points(const Row& row, int steps) {
  std::vector<T> x;
  for (int i = 0; i < steps; ++i) x.push_back(T(row.from + (row.to - row.from) * i / steps));
  for (int e = -120; e < 7; ++e) {
    for (const double sign : {1., -1.}) {
      const double p = sign * std::ldexp(1.25, e);
      if (row.from <= p && p <= row.to) x.push_back(T(p));
    }
  }
  T near = T(row.root);
  for (int i = 0; row.root != 0 && i < 2000; ++i) x.push_back(near = std::nextafter(near, T(1)));
  near = T(row.root);
  for (int i = 0; row.root != 0 && i < 2000; ++i) x.push_back(near = std::nextafter(near, T(0)));
  while (x.size() % 16) x.push_back(x.back());
  return x;
}

template <class T> real spacing(real y) {
  constexpr int digits = std::numeric_limits<T>::digits,
                least = std::numeric_limits<T>::min_exponent;
  int exponent;
  frexpl(y, &exponent);
  return ldexpl(1, std::max(exponent, least) - digits);
}

class Primitives : public OnEachSet<primitives> {
 protected:
  /// The largest error in units of the last place, and where it is.
  template <class T, class Run>
  void expect(const Row& row, Run run, double bound, int steps) const {
    const auto x = points<T>(row, steps);
    std::vector<T> y(x.size());
    run(row.which, x.data(), y.data(), static_cast<int>(x.size()));
    real worst = 0;
    T at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      // Next to the root of a double, the difference of two long doubles is no reference.
      if (sizeof(T) == 8 && std::fabs(x[i] - row.root) < .05 && row.root != 0) continue;
      const real exact = row.exact(x[i]), off = std::max<real>(fabsl(y[i] - exact) - row.slack, 0);
      const real error = off / spacing<T>(exact);
      if (!(error <= worst)) worst = error, at = x[i];
    }
    EXPECT_LE(worst, bound) << row.name << ", " << GetParam().name << ", at " << at;
  }
};

TEST_P(Primitives, KeepTheirBoundsInFloat) {
  for (const Row& row : rows) expect<float>(row, lanes().bits_24, row.ulp_float, 400000);
}

TEST_P(Primitives, KeepTheirBoundsInDouble) {
  for (const Row& row : rows) {
    // What the reference itself errs by: its exponent is rounded to 64 bits.
    expect<double>(row, lanes().bits_53, row.ulp_double + .1, 50000);
  }
}

TEST_P(Primitives, HaveSixteenBitsWhereEightAreAsked) {
  for (const Row& row : rows) {
    if (needs_double_words(row)) continue;
    std::vector<float> x;
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
      const float v = std::bit_cast<float>(bits << 16);
      if (row.from <= v && v <= row.to && (v == 0 || std::fabs(v) > 0x1p-100f)) x.push_back(v);
    }
    while (x.size() % 16) x.push_back(x.back());
    std::vector<float> y(x.size());
    lanes().bits_8(row.which, x.data(), y.data(), static_cast<int>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real exact = row.exact(x[i]);
      if (fabsl(exact) < 0x1p-110L) continue;  // subnormal results have fewer bits
      ASSERT_LE(fabsl(y[i] / exact - 1), row.bits_8) << row.name << " at " << x[i];
    }
  }
}

/// Numbers of random bits, infinities and NaN among them, and some near 0.
template <class T> std::vector<T> random_numbers(int size) {
  std::mt19937_64 generator(1);
  std::vector<T> x(size);
  for (int i = 0; i < size; ++i) {
    const std::uint64_t bits = generator();
    std::memcpy(&x[i], &bits, sizeof(T));
    if (i % 2) x[i] = T(std::int64_t(bits)) * T(0x1p-58);
  }
  const T special[] = {0, T(-0.), T(INFINITY), T(-INFINITY), T(NAN)};
  std::copy(std::begin(special), std::end(special), x.begin());
  return x;
}

TEST_P(Primitives, TextsForDefaultParametersGiveTheSameBits) {
  constexpr int size = 1 << 20;
  std::vector<float> x = random_numbers<float>(size);
  EXPECT_EQ(lanes().differences_24(x.data(), size), 0);
  EXPECT_EQ(lanes().differences_53(random_numbers<double>(size).data(), size), 0);
  for (float& v : x) v = std::bit_cast<float>(std::bit_cast<std::uint32_t>(v) & 0xffff0000);
  EXPECT_EQ(lanes().differences_8(x.data(), size), 0);
}

INSTANTIATE_TEST_SUITE_P(All, Primitives, testing::ValuesIn(NONLIN_SETS(all_primitives)),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace nonlin
