// The elementary functions of csrc/math/, each by itself: domain, worst error, ends and equality of
// lanes are those that its contract states. NONLIN_EXHAUSTIVE=1 takes every float of the domain,
// which needs many minutes.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "tests/cpp/function_list.h"
#include "tests/cpp/sets.h"

namespace nonlin {
namespace {

template <class R> R exactly(function which, R x) {
  const R t = std::fabs(x), z = std::exp(-t);
  switch (which) {
    case function::log:
      return std::log(x);
    case function::log1p:
      return std::log1p(x);
    case function::log1p_of_exp:
      return std::log1p(z);
    case function::logistic:
      return x < 0 ? z / (1 + z) : 1 / (1 + z);
    case function::softplus:
      return std::max(x, R(0)) + std::log1p(z);
    case function::log_logistic:
      return std::min(x, R(0)) - std::log1p(z);
    case function::tanh:
      return std::tanh(x);
    case function::tanh_from_exp:
      return std::tanh(t / 2);
    case function::sech_squared:
      return 4 * z / ((1 + z) * (1 + z));
    case function::erf:
      return std::erf(x);
    case function::erfc:
      return std::erfc(x);
    case function::sin:
      return std::sin(x);
    case function::cos:
      return std::cos(x);
    case function::sqrt:
      return std::sqrt(x);
    case function::rsqrt:
      return 1 / std::sqrt(x);
  }
  return x;
}

struct row {
  const char* name;
  function which;
  double from, to_float, to_double;  // the domain, without its ends
  double ulp_cpu, ulp_cuda, ulp_double;
  int bits_8, bits_8_cuda, bits_11_cuda;  // relative errors are less than 2 to minus these
};
constexpr double infinity = INFINITY;
const row rows[] = {
    {"log", function::log, 0, infinity, infinity, .7, .7, .7, 18, 18, 18},
    {"log1p", function::log1p, -1, infinity, infinity, .7, .7, .7, 18, 18, 18},
    {"log1p_of_exp", function::log1p_of_exp, -infinity, infinity, infinity, 1, 1.2, 1, 17, 17, 18},
    {"logistic", function::logistic, -infinity, infinity, infinity, 1.4, 1.2, 1.5, 18, 17, 18},
    {"softplus", function::softplus, -infinity, infinity, infinity, 1.3, 1.3, 1.3, 18, 17, 18},
    {"log_logistic", function::log_logistic, -infinity, infinity, infinity, 1.3, 1.3, 1.3, 18, 17,
     18},
    {"tanh", function::tanh, -infinity, infinity, infinity, 1.1, 1.2, 1.4, 18, 18, 20},
    {"tanh_from_exp", function::tanh_from_exp, -infinity, infinity, infinity, 1.1, 1.2, 1.4, 18, 18,
     20},
    {"sech_squared", function::sech_squared, -infinity, infinity, infinity, 2.5, 3.2, 2.3, 18, 17,
     18},
    {"erf", function::erf, -infinity, infinity, infinity, 1.2, 1.2, 1.2, 18, 17, 20},
    {"erfc", function::erfc, 0, 10.4, 27.5, 2.4, 2.5, 3.6, 16, 14, 17},
    {"sin", function::sin, -0x1p20, 0x1p20, 0x1p20, 1, 1, 1, 20, 20, 20},
    {"cos", function::cos, -0x1p20, 0x1p20, 0x1p20, 1, 1, 1, 20, 20, 20},
    {"sqrt", function::sqrt, 0, infinity, infinity, .5, .5, .5, 22, 22, 22},
    {"rsqrt", function::rsqrt, 0, infinity, infinity, 1.5, 1.5, 1.5, 21, 21, 21},
};

template <class T, class R> R ulp(T computed, R exact) {
  if (computed == exact) return 0;
  constexpr int digits = std::numeric_limits<T>::digits;
  constexpr int least = std::numeric_limits<T>::min_exponent;
  int exponent;
  std::frexp(exact, &exponent);
  return std::fabs(computed - exact) / std::ldexp(R(1), std::max(exponent, least) - digits);
}

/// Numbers of random bits, and of random digits below powers of two, on both sides of 0 and of 1.
template <class T> std::vector<T> sample(const row& r, int size) {
  const double to = sizeof(T) == 4 ? r.to_float : r.to_double;
  std::mt19937_64 generator(7);
  std::vector<T> x;
  const auto add = [&](T v) {
    if (r.from < v && v < to) x.push_back(v);
  };
  const T least = std::numeric_limits<T>::denorm_min(), most = std::numeric_limits<T>::max();
  for (const T v : {least, std::numeric_limits<T>::min(), T(1), most}) add(v), add(-v);
  while (int(x.size()) < size) {
    const std::uint64_t bits = generator();
    T any;
    std::memcpy(&any, &bits, sizeof(T));
    add(any);
    const T part = T(std::int64_t(generator())) * T(0x1p-63);
    for (const int e : {9, 5, 2, 0, -3, -12})
      add(std::ldexp(part, e)), add(1 + std::ldexp(part, e));
  }
  x.resize(size);
  return x;
}

struct worst {
  double error = 0, at = 0;
  void see(double e, double x) {
    if (!(e <= error)) error = e, at = x;
  }
};

/// The errors of the special-function unit: none, and the documented ones.
constexpr int perturbations[][2] = {{0, 0}, {2, 1}, {2, -1}, {-2, 1}, {-2, -1}};
template <class Visit> void for_each_perturbation(bool gpu, const Visit& visit) {
  for (const auto& p : perturbations) {
    cuda::err_by(p[0], p[1]);
    visit();
    if (!gpu) break;
  }
  cuda::err_by(0, 0);
}

/// Every set, and the CUDA lanes.
std::vector<Set<functions>> every_kind() {
  auto list = NONLIN_SETS(all_functions);
  list.push_back({"cuda", &cuda::all_functions, true});
  return list;
}
class Functions : public OnEachSet<functions> {
 protected:
  bool gpu() const { return GetParam().lanes == &cuda::all_functions; }

  worst errors(const row& r, const std::vector<float>& x) const {
    std::vector<float> y(x.size());
    std::vector<double> exact(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) exact[i] = exactly<double>(r.which, x[i]);
    worst w;
    for_each_perturbation(gpu(), [&] {
      lanes().bits_24(r.which, x.data(), y.data(), int(x.size()));
      for (std::size_t i = 0; i < x.size(); ++i) w.see(ulp(y[i], exact[i]), x[i]);
    });
    return w;
  }
};

TEST_P(Functions, KeepTheirBoundsInFloat) {
  for (const row& r : rows) {
    const worst w = errors(r, sample<float>(r, 1 << 18));
    EXPECT_LE(w.error, gpu() ? r.ulp_cuda : r.ulp_cpu) << r.name << " at " << w.at;
  }
}

TEST_P(Functions, KeepTheirBoundsOnEveryFloat) {
  if (!std::getenv("NONLIN_EXHAUSTIVE")) GTEST_SKIP() << "NONLIN_EXHAUSTIVE is not set";
  for (const row& r : rows) {
    worst w;
    std::vector<float> x;
    for (std::uint64_t bits = 0; bits <= 0xffffffff; ++bits) {
      const float v = std::bit_cast<float>(std::uint32_t(bits));
      if (r.from < v && v < r.to_float) x.push_back(v);
      if (x.empty() || (x.size() < 4096 && bits < 0xffffffff)) continue;
      while (x.size() % 16) x.push_back(x.back());
      const worst found = errors(r, x);
      w.see(found.error, found.at);
      x.clear();
    }
    EXPECT_LE(w.error, gpu() ? r.ulp_cuda : r.ulp_cpu) << r.name << " at " << w.at;
    RecordProperty(r.name, std::to_string(w.error));
  }
}

TEST_P(Functions, KeepTheirBoundsInDouble) {
  for (const row& r : rows) {
    const auto x = sample<double>(r, 1 << 15);
    std::vector<double> y(x.size());
    lanes().bits_53(r.which, x.data(), y.data(), int(x.size()));
    worst w;
    for (std::size_t i = 0; i < x.size(); ++i) {
      w.see(ulp(y[i], exactly<long double>(r.which, x[i])), x[i]);
    }
    EXPECT_LE(w.error, r.ulp_double) << r.name << " at " << w.at;
  }
}

/// All inputs of 8 (bfloat16) or 11 bits (half) whose results are normal numbers of that type.
void expect_relative(const row& r, const std::vector<float>& x, double least, int bits, auto run) {
  std::vector<float> y(x.size());
  run(r.which, x.data(), y.data(), int(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double exact = exactly<double>(r.which, x[i]);
    if (!(std::fabs(exact) >= least)) continue;
    ASSERT_LE(std::fabs(y[i] / exact - 1), std::ldexp(1, -bits)) << r.name << " at " << x[i];
  }
}
TEST_P(Functions, HaveWhatFewBitsNeed) {
  for (const row& r : rows) {
    std::vector<float> x8, x11;
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
      const float wide = std::bit_cast<float>(bits << 16);
      const float half = float(std::bit_cast<_Float16>(std::uint16_t(bits)));
      if (r.from < wide && wide < r.to_float) x8.push_back(wide);
      if (r.from < half && half < r.to_float) x11.push_back(half);
    }
    while (x8.size() % 16) x8.push_back(x8.back());
    while (x11.size() % 16) x11.push_back(x11.back());
    for_each_perturbation(gpu(), [&] {
      expect_relative(r, x8, 0x1p-110, gpu() ? r.bits_8_cuda : r.bits_8, lanes().bits_8);
      expect_relative(r, x11, 0x1p-24, gpu() ? r.bits_11_cuda : 21, lanes().bits_11);
    });
  }
}

TEST_P(Functions, KeepWhatTheLogarithmIsBeforeItsRounding) {
  const row& r = rows[0];
  const auto check = [&]<class T>(const std::vector<T>& x, auto run, double bound) {
    std::vector<T> hi(x.size()), lo(x.size());
    run(x.data(), hi.data(), lo.data(), int(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double exact = std::log((long double)x[i]);
      const long double error = (long double)hi[i] + lo[i] - exact;
      ASSERT_LE(std::fabs(error), bound * std::fabs(exact)) << x[i];
      ASSERT_LE(std::fabs(lo[i]), std::fabs(hi[i]) / 2) << x[i];
    }
  };
  check(sample<float>(r, 1 << 18), lanes().log_24, 2e-8);
  check(sample<double>(r, 1 << 16), lanes().log_53, 4e-17);
}

/// Texts without tables give the same bits on all lanes, doubles always; AVX-512's floats are those
/// of the scalar lane.
TEST_P(Functions, GiveTheSameBits) {
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
TEST_P(Functions, HaveTheirLimits) {
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

INSTANTIATE_TEST_SUITE_P(All, Functions, testing::ValuesIn(every_kind()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace nonlin
