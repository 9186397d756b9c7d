// f and its five derivatives at pairs of an input and a weight, each pair a channel of its own.
#include <gtest/gtest.h>

#include "effort.h"
#include "parametric.h"
#include "special_function_unit.h"

namespace emulator {
namespace {

using nonlin::pass;

enum member { f, f_x, f_w, f_xx, f_xw, f_ww };
constexpr const char* names[] = {"f", "f_x", "f_w", "f_xx", "f_xw", "f_ww"};

struct pairs {
  std::vector<double> x, w;

  /// Weights of all sizes and inputs whose products with them are moderate, small or in the tails;
  /// of 16 bits also all inputs with some weights.
  explicit pairs(dtype type) {
    random_source random(3);
    const auto nearest = [&](double a) {
      char stored[8];
      encode(type, a, stored);
      return decoded(type, stored);
    };
    const auto sign = [&] { return random.once_in(2) ? 1. : -1.; };
    const double top = type == dtype::float16 ? 14 : type == dtype::float64 ? 600 : 120;
    for (int i = 0; i < (all_is_run ? 40000 : 6000); ++i) {
      const double weight = nearest(i % 3 == 0   ? random.uniform(-3, 3)
                                    : i % 3 == 1 ? sign() * std::exp2(random.uniform(-10, 7))
                                                 : sign() * std::exp2(random.uniform(-top, top)));
      const double product = i % 4 == 0   ? random.uniform(-20, 20)
                             : i % 4 == 1 ? random.uniform(-170, 170)
                             : i % 4 == 2 ? sign() * std::exp2(random.uniform(-60, 7))
                                          : random.uniform(-4, 4);
      const double input = nearest(product / weight);
      if (weight != 0 && std::fabs(input) < std::exp2(top + 1)) add(input, weight);
    }
    if (bytes_of(type) > 2) return;
    for (const double weight : {1.703125, -.25, 12., 1., -1., 0.}) {
      if (!all_is_run && weight == 12) break;
      for (const double input : many_numbers(type, 0)) {
        if (std::isfinite(input)) add(input, weight);
      }
    }
  }
  void add(double input, double weight) {
    x.push_back(input);
    w.push_back(weight);
  }
};

struct accuracy {
  const parametric_subject& s;
  dtype type;
  pairs at{type};
  std::size_t width = static_cast<std::size_t>(bytes_of(type));
  std::vector<std::array<real, 6>> exact{}, slack{};
  bytes x = encoded(type, at.x), w = encoded(type, at.w),
        ones = encoded(type, std::vector<double>(at.x.size(), 1));

  void prepare() {
    for (std::size_t i = 0; i < at.x.size(); ++i) {
      exact.push_back(s.exactly(at.x[i], at.w[i]));
      slack.push_back(s.slack[static_cast<int>(type)](at.x[i], at.w[i]));
    }
  }

  /// Of float64 only what the lane's own formulas promise: docs/accuracy.md has it of the host.
  real bound(int member) const {
    constexpr real wide[] = {3, 4, 4, 6, 6, 6};
    return type == dtype::float64 ? wide[member] : s.bounds[static_cast<int>(type)][member];
  }
  void compare(int member, const bytes& y, const std::string& how) const {
    real worst = -1;
    std::size_t where = 0;
    for (std::size_t i = 0; i < at.x.size(); ++i) {
      real units = error(type, &y[i * width], exact[i][member]);
      if (slack[i][member] != 0) {
        units = std::max<real>(0, units - slack[i][member] / spacing(type, exact[i][member]));
      }
      if (units > worst) worst = units, where = i;
    }
    EXPECT_LE(worst, bound(member))
        << s.name << ", " << names[member] << ", " << name_of(type) << how << ", at " << at.x[where]
        << " with weight " << at.w[where] << ": " << decoded(type, &y[where * width])
        << ", exactly " << static_cast<double>(exact[where][member]);
  }

  void check(const unit_error& errors, const std::string& how) const {
    how_the_unit_errs = errors;
    const auto value = run_plainly(pass_of(s, pass::value, type, false), {{}, x, w});
    const auto backward = run_plainly(pass_of(s, pass::backward, type, true), {{}, {}, x, ones, w});
    const elementwise_pass second = pass_of(s, pass::double_backward, type, true);
    const auto along_x = run_plainly(second, {{}, {}, {}, x, ones, ones, {}, w});
    const auto along_w = run_plainly(second, {{}, {}, {}, x, ones, {}, ones, w});
    how_the_unit_errs = {};
    if (!value || !backward || !along_x || !along_w) return;
    compare(f, (*value)[0], how);
    compare(f_x, (*backward)[0], how);
    compare(f_w, (*backward)[1], how);
    compare(f_xx, (*along_x)[0], how);
    compare(f_xw, (*along_x)[2], how);
    compare(f_ww, (*along_w)[2], how);
    const auto same = [&](const bytes& a, const bytes& b, const char* what) {
      // But for the sign of zero, which a sum that begins with zero loses.
      for (std::size_t i = 0; i < a.size(); i += width) {
        const double left = decoded(type, &a[i]), right = decoded(type, &b[i]);
        if (left == right || (left != left && right != right)) continue;
        ADD_FAILURE() << s.name << ", " << name_of(type) << ": two kernels have another " << what;
        return;
      }
    };
    same((*along_x)[1], (*backward)[0], "f_x");
    same((*along_w)[1], (*backward)[1], "f_w");
    same((*along_w)[0], (*along_x)[2], "f_xw");
  }
};

class Parametric : public testing::TestWithParam<int> {};
const parametric_subject& subject(int n) {
  return parametric_subjects()[static_cast<std::size_t>(n)];
}

TEST_P(Parametric, IsAccurate) {
  for (const dtype type : types) {
    accuracy a{subject(GetParam()), type};
    a.prepare();
    a.check({}, "");
    if (type == dtype::float64) continue;
    a.check({2, 1, 0}, ", the unit off by 2 and 1");
    a.check({2, 1, 7}, ", the unit off by up to 2 and 1");
    if (!all_is_run) continue;
    a.check({-2, -1, 0}, ", the unit off by −2 and −1");
    a.check({2, -1, 0}, ", the unit off by 2 and −1");
    a.check({-2, 1, 0}, ", the unit off by −2 and 1");
  }
}
INSTANTIATE_TEST_SUITE_P(Emulator, Parametric,
                         testing::Range(0, static_cast<int>(parametric_subjects().size())),
                         [](const auto& test) { return subject(test.param).name; });

}  // namespace
}  // namespace emulator
