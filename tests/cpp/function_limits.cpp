// The elementary functions of csrc/math/ at the ends of their domains, and the equality of lanes.
#include "tests/cpp/function_rows.h"

#include <string>

namespace nonlin {
namespace {

class Limits : public Functions {};

/// Texts without tables give the same bits on all lanes, doubles always; AVX-512's floats are those
/// of the scalar lane.
TEST_P(Limits, GiveTheSameBits) {
  for (const row& r : rows) {
    const auto same = [&]<class T>(const std::vector<T>& x, auto run, auto scalar_run) {
      std::vector<T> y(x.size()), z(x.size());
      run(r.which, x.data(), y.data(), int(x.size()));
      scalar_run(r.which, x.data(), z.data(), int(x.size()));
      EXPECT_EQ(std::memcmp(y.data(), z.data(), y.size() * sizeof(T)), 0) << r.name;
    };
    same(sample<double>(r, 1 << 16), lanes().bits_53, scalar::all_functions.bits_53);
    if (gpu() || GetParam().name == std::string("avx2")) continue;
    const auto x = sample<float>(r, 1 << 16);
    same(x, lanes().bits_24, scalar::all_functions.bits_24);
    same(x, lanes().bits_11, scalar::all_functions.bits_11);
    same(x, lanes().bits_8, scalar::all_functions.bits_8);
  }
}

/// What contracts say of the ends of domains, with the signs of zeros.
struct end {
  function which;
  double x, y;
};
const end ends[] = {
    {function::log, 0, -infinity},
    {function::log, -0., -infinity},
    {function::log, 1, 0},
    {function::log, infinity, infinity},
    {function::log, -1, NAN},
    {function::log, -infinity, NAN},
    {function::log, NAN, NAN},
    {function::log1p, 0, 0},
    {function::log1p, -0., -0.},
    {function::log1p, -1, -infinity},
    {function::log1p, infinity, infinity},
    {function::log1p, -2, NAN},
    {function::log1p, -infinity, NAN},
    {function::log1p, NAN, NAN},
    {function::log1p_of_exp, infinity, 0},
    {function::log1p_of_exp, NAN, NAN},
    {function::logistic, -infinity, 0},
    {function::logistic, 0, .5},
    {function::logistic, infinity, 1},
    {function::logistic, NAN, NAN},
    {function::logistic_as_slope, -infinity, 0},
    {function::logistic_as_slope, 0, .5},
    {function::logistic_as_slope, infinity, 1},
    {function::logistic_as_slope, NAN, NAN},
    {function::gated_by_logistic, -infinity, -0.},
    {function::gated_by_logistic, infinity, infinity},
    {function::gated_by_logistic, NAN, NAN},
    {function::softplus, -infinity, 0},
    {function::softplus, infinity, infinity},
    {function::softplus, NAN, NAN},
    {function::log_logistic, -infinity, -infinity},
    {function::log_logistic, infinity, -0.},
    {function::log_logistic, NAN, NAN},
    {function::tanh, 0, 0},
    {function::tanh, -0., -0.},
    {function::tanh, infinity, 1},
    {function::tanh, -infinity, -1},
    {function::tanh, NAN, NAN},
    {function::tanh_from_exp, 0, 0},
    {function::tanh_from_exp, infinity, 1},
    {function::tanh_from_exp, NAN, NAN},
    {function::logistic_slope, 0, .25},
    {function::logistic_slope, infinity, 0},
    {function::logistic_slope, NAN, NAN},
    {function::sech_squared, 0, 1},
    {function::sech_squared, infinity, 0},
    {function::sech_squared, NAN, NAN},
    {function::erf, 0, 0},
    {function::erf, -0., -0.},
    {function::erf, infinity, 1},
    {function::erf, -infinity, -1},
    {function::erf, NAN, NAN},
    {function::erfc, NAN, NAN},
    {function::sin, 0, 0},
    {function::sin, -0., -0.},
    {function::sin, NAN, NAN},
    {function::cos, 0, 1},
    {function::cos, NAN, NAN},
    {function::sqrt, 0, 0},
    {function::sqrt, -0., -0.},
    {function::sqrt, infinity, infinity},
    {function::sqrt, -1, NAN},
    {function::sqrt, NAN, NAN},
    {function::rsqrt, -1, NAN},
    {function::rsqrt, NAN, NAN},
};
TEST_P(Limits, HaveTheirLimits) {
  for (const end& e : ends) {
    const auto check = [&]<class T>(T, const char* type, auto run) {
      T x[16], y[16];
      std::fill(x, x + 16, T(e.x));
      run(e.which, x, y, 16);
      for (const T v : y) {
        if (std::isnan(e.y)) {
          EXPECT_TRUE(std::isnan(v)) << int(e.which) << " at " << e.x << ", " << type << ": " << v;
        } else {
          EXPECT_EQ(v, T(e.y)) << int(e.which) << " at " << e.x << ", " << type;
          EXPECT_EQ(std::signbit(v), std::signbit(e.y)) << int(e.which) << " at " << e.x;
        }
      }
    };
    check(0.f, "24 bits", lanes().bits_24);
    check(0.f, "11 bits", lanes().bits_11);
    check(0.f, "8 bits", lanes().bits_8);
    check(0., "double", lanes().bits_53);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Limits, testing::ValuesIn(every_kind()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace nonlin
