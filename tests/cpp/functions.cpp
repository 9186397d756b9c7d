// The elementary functions of csrc/math/, each by itself: the worst errors are those that contracts
// state. NONLIN_EXHAUSTIVE=1 takes every float of the domain, which needs many minutes.
#include "tests/cpp/function_rows.h"

#include <bit>
#include <cstdlib>
#include <string>

namespace nonlin {
namespace {

template <class T, class R> R ulp(T computed, R exact) {
  if (computed == exact) return 0;
  constexpr int digits = std::numeric_limits<T>::digits;
  constexpr int least = std::numeric_limits<T>::min_exponent;
  int exponent;
  std::frexp(exact, &exponent);
  return std::fabs(computed - exact) / std::ldexp(R(1), std::max(exponent, least) - digits);
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

class Accuracy : public Functions {
 protected:
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

TEST_P(Accuracy, KeepTheirBoundsInFloat) {
  for (const row& r : rows) {
    const worst w = errors(r, sample<float>(r, 1 << 18));
    EXPECT_LE(w.error, gpu() ? r.ulp_cuda : r.ulp_cpu) << r.name << " at " << w.at;
  }
}

TEST_P(Accuracy, KeepTheirBoundsOnEveryFloat) {
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

TEST_P(Accuracy, KeepTheirBoundsInDouble) {
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
TEST_P(Accuracy, HaveWhatFewBitsNeed) {
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

TEST_P(Accuracy, KeepWhatTheLogarithmIsBeforeItsRounding) {
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

INSTANTIATE_TEST_SUITE_P(All, Accuracy, testing::ValuesIn(every_kind()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace nonlin
