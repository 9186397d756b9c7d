// The flags of the units leave arithmetic as it is written: rounded after every operation, never
// contracted or rearranged, with subnormals, signed zeros, infinities and NaN.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "tests/cpp/operation_list.h"
#include "tests/cpp/sets.h"

namespace nonlin {
namespace {

/// What IEEE 754 says. No compiler looks through the volatile variables.
template <class T> T expected(operation which, T a, T b, T c) {
  const volatile T x = a, y = b, z = c, zero = 0, three = 3;
  volatile T r = x * y, s = x + y;
  switch (which) {
    case operation::product_minus:
      return r - z;
    case operation::product_plus:
      return r + z;
    case operation::rest_of_sum:
      s = s - x;
      return s - y;
    case operation::error_of_sum: {
      const volatile T back = s - x, other = s - back;
      const volatile T low_x = x - other, low_y = y - back;
      return low_x + low_y;
    }
    case operation::third:
      return x / three;
    case operation::minus_itself:
      return x - x;
    case operation::times_zero:
      return x * zero;
    case operation::plus_zero:
      return x + zero;
    case operation::equals_itself:
      return std::isnan(a) ? T(0) : T(1);
  }
  return a;
}

struct Row {
  const char* name;
  operation which;
};
const Row rows[] = {
    {"a·b − c", operation::product_minus},
    {"a·b + c", operation::product_plus},
    {"a + b − a − b", operation::rest_of_sum},
    {"the error of a + b", operation::error_of_sum},
    {"a / 3", operation::third},
    {"a − a", operation::minus_itself},
    {"a·0", operation::times_zero},
    {"a + 0", operation::plus_zero},
    {"a = a", operation::equals_itself},
};

/// Numbers of like size, whose products are c but for a rounding; all pairs of special ones.
template <class T> std::array<std::vector<T>, 3> points() {
  using limits = std::numeric_limits<T>;
  std::array<std::vector<T>, 3> result;
  auto& [a, b, c] = result;
  std::mt19937 random(0);
  std::uniform_real_distribution<T> mantissa(1, 2);
  for (int i = 0; i < 4000; ++i) {
    a.push_back(mantissa(random)), b.push_back(mantissa(random));
    const volatile T product = a.back() * b.back();
    c.push_back(i % 2 ? product : -product);
  }
  const T special[] = {0,
                       1,
                       T(1) / 3,
                       limits::denorm_min(),
                       limits::min(),
                       limits::min() / 3,
                       limits::max(),
                       limits::infinity(),
                       limits::quiet_NaN()};
  for (const T x : special) {
    for (const T y : special) {
      for (const T sign : {T(1), T(-1)}) {
        a.push_back(sign * x), b.push_back(y), c.push_back(limits::min());
      }
    }
  }
  for (auto& list : result) list.resize((list.size() + 15) / 16 * 16, T(1));
  return result;
}

class Flags : public OnEachSet<operations> {
 protected:
  template <class T> static void expect(operations::function<T> run) {
    using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    const auto [a, b, c] = points<T>();
    std::vector<T> y(a.size());
    for (const Row& row : rows) {
      run(row.which, a.data(), b.data(), c.data(), y.data(), static_cast<int>(y.size()));
      for (std::size_t i = 0; i < y.size(); ++i) {
        const T want = expected(row.which, a[i], b[i], c[i]);
        ASSERT_TRUE(std::bit_cast<bits>(y[i]) == std::bit_cast<bits>(want) ||
                    (std::isnan(y[i]) && std::isnan(want)))
            << GetParam().name << ", " << row.name << " is " << y[i] << " and not " << want
            << " for a = " << a[i] << ", b = " << b[i] << ", c = " << c[i];
      }
    }
  }
};

/// A program that is linked with -ffast-math starts by turning them into zeros.
TEST(Subnormals, AreNumbers) {
  const volatile float narrow = std::numeric_limits<float>::denorm_min();
  const volatile double wide = std::numeric_limits<double>::denorm_min();
  EXPECT_GT(narrow * 2, 0);
  EXPECT_GT(wide * 2, 0);
}
TEST_P(Flags, LeaveFloatsAsWritten) { expect<float>(lanes().on_floats); }
TEST_P(Flags, LeaveDoublesAsWritten) { expect<double>(lanes().on_doubles); }

INSTANTIATE_TEST_SUITE_P(All, Flags, testing::ValuesIn(NONLIN_SETS(all_operations)),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace nonlin
