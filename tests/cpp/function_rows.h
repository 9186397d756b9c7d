#pragma once
/// What the contracts in csrc/math/ promise: each function, its domain and its worst errors.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "tests/cpp/function_list.h"
#include "tests/cpp/sets.h"

namespace nonlin {

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
    case function::gated_by_logistic:
      return x < 0 ? x * z / (1 + z) : x / (1 + z);
    case function::softplus:
      return std::max(x, R(0)) + std::log1p(z);
    case function::log_logistic:
      return std::min(x, R(0)) - std::log1p(z);
    case function::tanh:
      return std::tanh(x);
    case function::tanh_from_exp:
      return std::tanh(t / 2);
    case function::minus_tanh: {
      // (t·cosh t − sinh t)/cosh t: no term of its series has another sign.
      R sum = 0;
      for (int k = 16; k > 0; --k) sum = (sum + 2 * k) * t * t / ((2 * k + 1) * (2 * k));
      return t < 1 ? t * sum / std::cosh(t) : t - std::tanh(t);
    }
    case function::logistic_from_exp:
    case function::logistic_as_slope:
      return x < 0 ? z / (1 + z) : 1 / (1 + z);
    case function::softplus_double_word:
      return std::max(x, R(0)) + std::log1p(z);
    case function::scaled_softplus:
      return std::max(x, R(0)) + std::log1p(std::exp(R(-1.5) * t)) / R(1.5);
    case function::logistic_slope:
      return z / ((1 + z) * (1 + z));
    case function::sech_squared:
      return 4 * z / ((1 + z) * (1 + z));
    case function::erf:
      return std::erf(x);
    case function::erfc:
      return std::erfc(x);
    case function::tanh_near_zero:
      return std::tanh(x);
    case function::erf_near_zero:
      return std::erf(x);
    case function::erf_beyond_one:
      return std::erf(x);
    case function::times_erf_softplus:
      return x * std::erf(std::max(x, R(0)) + std::log1p(z));
    case function::erf_softplus_slope: {
      const R p = std::log1p(z), two_over_root_pi = 2 / std::sqrt(std::acos(R(-1)));
      return std::erf(p) + x * z / (1 + z) * two_over_root_pi * std::exp(-p * p);
    }
    case function::normal_tail_by:
      return std::erfc(x * std::sqrt(R(.5))) / 2;
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
inline const row rows[] = {
    {"log", function::log, 0, infinity, infinity, .75, .75, .75, 18, 18, 18},
    {"log1p", function::log1p, -1, infinity, infinity, .75, .75, .75, 18, 18, 18},
    {"log1p_of_exp", function::log1p_of_exp, -infinity, infinity, infinity, 1, 1.3, 1, 17, 17, 18},
    {"logistic", function::logistic, -infinity, infinity, infinity, 1.6, 1.2, 1.6, 18, 17, 18},
    {"gated_by_logistic", function::gated_by_logistic, -infinity, infinity, infinity, 1.7, 1.7, 1.7,
     16, 16, 17},
    {"softplus", function::softplus, -infinity, infinity, infinity, 1.3, 1.3, 1.3, 18, 17, 18},
    {"log_logistic", function::log_logistic, -infinity, infinity, infinity, 1.3, 1.3, 1.3, 18, 17,
     18},
    {"tanh", function::tanh, -infinity, infinity, infinity, 1.2, 1.2, 1.5, 18, 18, 20},
    {"tanh_near_zero", function::tanh_near_zero, -.55, .55, .55, .7, .7, .7, 19, 19, 22},
    {"tanh_from_exp", function::tanh_from_exp, -infinity, infinity, infinity, 1.2, 1.2, 1.5, 18, 18,
     20},
    {"minus_tanh", function::minus_tanh, -infinity, infinity, infinity, 1.8, 1.8, 2, 15, 15, 17},
    {"logistic_from_exp", function::logistic_from_exp, -infinity, infinity, infinity, 2.4, 1.8, 1.6,
     17, 17, 18},
    {"logistic_as_slope", function::logistic_as_slope, -infinity, infinity, infinity, 2.4, 1.2, 1.6,
     18, 17, 18},
    {"softplus_double_word", function::softplus_double_word, -100, 100, 100, 1.3, 1.3, 1.3, 18, 17,
     18},
    {"scaled_softplus", function::scaled_softplus, -infinity, infinity, infinity, 1.6, 1.6, 1.6, 16,
     16, 17},
    {"logistic_slope", function::logistic_slope, -infinity, infinity, infinity, 2.6, 3.6, 2.4, 18,
     17, 18},
    {"sech_squared", function::sech_squared, -infinity, infinity, infinity, 2.6, 3.6, 2.4, 18, 17,
     18},
    {"erf", function::erf, -infinity, infinity, infinity, 1.2, 1.2, 1.2, 18, 17, 20},
    {"erfc", function::erfc, 0, 10.4, 27.5, 2.6, 2.9, 3.6, 16, 14, 17},
    {"erf_near_zero", function::erf_near_zero, -1, 1, 1, 1.2, 1.2, 1.2, 19, 19, 22},
    {"erf_beyond_one", function::erf_beyond_one, 1, infinity, infinity, 1, 1, 1.1, 17, 15, 18},
    {"times_erf_softplus", function::times_erf_softplus, -infinity, infinity, infinity, 1.95, 1.9,
     1.5, 16, 15, 17},
    // Next to its root, −1.19…, long doubles do not resolve it; the tests of formulas do.
    {"erf_softplus_slope", function::erf_softplus_slope, -100, -1.3, -1.3, 3, 3.5, 3, 15, 14, 16},
    {"erf_softplus_slope", function::erf_softplus_slope, -1.1, 0, 0, 3, 3.5, 3, 15, 14, 16},
    {"normal_tail_by", function::normal_tail_by, 0, 14.8, 20, 1.8, 2, 3.1, 16, 14, 17},
    {"sin", function::sin, -0x1p20, 0x1p20, 0x1p20, .8, .8, .8, 22, 22, 22},
    {"cos", function::cos, -0x1p20, 0x1p20, 0x1p20, .8, .8, .8, 22, 22, 22},
    {"sqrt", function::sqrt, 0, infinity, infinity, .5, .5, .5, 22, 22, 22},
    {"rsqrt", function::rsqrt, 0, infinity, infinity, 1.5, 1.5, 1.5, 21, 21, 21},
};

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

/// Every set, and the CUDA lanes.
inline std::vector<Set<functions>> every_kind() {
  auto list = NONLIN_SETS(all_functions);
  list.push_back({"cuda", &cuda::all_functions, true});
  return list;
}
class Functions : public OnEachSet<functions> {
 protected:
  bool gpu() const { return GetParam().lanes == &cuda::all_functions; }
};

}  // namespace nonlin
