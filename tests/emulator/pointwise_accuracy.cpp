// f, f′ and f″ of every pointwise activation: against its definition, and against the host in
// float64.
#include <gtest/gtest.h>

#include "effort.h"
#include "pointwise.h"
#include "special_function_unit.h"

namespace emulator {
namespace {

using nonlin::pass;

/// f, f′ and f″ of a launch with each pass, where gradients are 1 or others.
struct measured {
  bytes x, g, v;
  std::optional<std::vector<bytes>> value, backward, second;

  measured(const pointwise_subject& s, dtype type, const std::vector<double>& xs,
           const std::vector<double>& gs, const std::vector<double>& vs)
      : x(encoded(type, xs)), g(encoded(type, gs)), v(encoded(type, vs)) {
    value = run_plainly(pass_of(s, pass::value, type), {{}, x});
    backward = run_plainly(pass_of(s, pass::backward, type), {{}, g, x});
    second = run_plainly(pass_of(s, pass::double_backward, type), {{}, {}, v, g, x});
  }
  bool good() const { return value && backward && second; }
};

struct accuracy {
  const pointwise_subject& s;
  dtype type;
  std::vector<double> x = many_numbers(type, all_is_run ? 100000 : 12000);
  std::vector<std::array<real, 3>> exact{}, slack{};
  std::vector<bytes> host{};
  std::size_t width = static_cast<std::size_t>(bytes_of(type));

  void prepare() {
    for (const double each : x) {
      exact.push_back(std::isnan(each) ? std::array<real, 3>{NAN, NAN, NAN} : s.exactly(each));
      slack.push_back(std::isfinite(each) ? s.slack(each) : std::array<real, 3>{});
    }
    const bytes xs = encoded(type, x), ones = encoded(type, std::vector<double>(x.size(), 1));
    host = {run_on_host(s, pass::value, type, {{}, xs})[0],
            run_on_host(s, pass::backward, type, {{}, ones, xs})[0],
            run_on_host(s, pass::double_backward, type, {{}, {}, ones, ones, xs})[1]};
  }

  /// Of a NaN a derivative may be what it is everywhere between kinks: then the host has it too.
  /// One that no float has leaves nothing to multiply.
  void compare(int member, const bytes& y, real bound, const std::string& how,
               const std::function<real(std::size_t)>& factor) const {
    real worst = -1;
    std::size_t where = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const char* at = &y[i * width];
      real units;
      if (fabsl(exact[i][member]) > FLT_MAX && factor(i) != 1) continue;
      if (std::isnan(x[i])) {
        units = std::isnan(decoded(type, at)) ||
                        (member > 0 &&
                         decoded(type, at) == factor(i) * decoded(type, &host[member][i * width]))
                    ? 0
                    : INFINITY;
      } else {
        const real want = factor(i) * exact[i][member];
        units = error(type, at, want);
        if (slack[i][member] != 0) {
          units =
              std::max<real>(0, units - fabsl(factor(i)) * slack[i][member] / spacing(type, want));
        }
      }
      if (units > worst) worst = units, where = i;
    }
    EXPECT_LE(worst, bound) << s.name << ", derivative " << member << ", " << name_of(type) << how
                            << ", at " << x[where] << ": " << decoded(type, &y[where * width])
                            << ", exactly "
                            << static_cast<double>(factor(where) * exact[where][member]);
  }

  void check(const unit_error& errors, const std::string& how) const {
    how_the_unit_errs = errors;
    const std::vector<double> ones(x.size(), 1);
    const measured m(s, type, x, ones, ones);
    how_the_unit_errs = {};
    if (!m.good()) return;
    EXPECT_EQ((*m.backward)[0], (*m.second)[0])
        << s.name << ", " << name_of(type) << ": slopes of two passes differ";
    const bytes* y[] = {&(*m.value)[0], &(*m.backward)[0], &(*m.second)[1]};
    for (int k = 0; k < 3; ++k) {
      if (type == dtype::float64) {
        EXPECT_TRUE(same_numbers(type, *y[k], host[k]))
            << s.name << ", derivative " << k << ", float64: not the bits of the host";
      } else {
        compare(k, *y[k], s.bounds[static_cast<int>(type)][k], how,
                [](std::size_t) { return 1.L; });
      }
    }
  }

  /// With other gradients. A factor may double an error, as the place of its last bit changes.
  void check_products() const {
    if (type == dtype::float64) return;
    random_source random(3);
    std::vector<double> g, v;
    for (std::size_t i = 0; i < x.size(); ++i) {
      g.push_back(random.uniform(-3, 3));
      v.push_back(random.once_in(9) ? 0 : random.uniform(-3, 3));
    }
    const measured m(s, type, x, g, v);
    if (!m.good()) return;
    const auto of = [&](const bytes& list, std::size_t i) {
      return decoded(type, &list[i * width]);
    };
    const auto bound = [&](int k) {
      const real alone = s.bounds[static_cast<int>(type)][k];
      return width == 2 ? alone + .01L : 2 * alone + 2;
    };
    const auto by_g = [&](std::size_t i) -> real { return of(m.g, i); };
    const auto by_v = [&](std::size_t i) -> real { return of(m.v, i); };
    const auto by_both = [&](std::size_t i) -> real { return by_v(i) * by_g(i); };
    compare(1, (*m.backward)[0], bound(1), ", times g", by_g);
    compare(1, (*m.second)[0], bound(1), ", times v", by_v);
    compare(2, (*m.second)[1], bound(2), ", times v and g", by_both);
  }
};

class Pointwise : public testing::TestWithParam<int> {};

void check_accuracy(const pointwise_subject& s) {
  for (const dtype type : types) {
    accuracy a{s, type};
    a.prepare();
    a.check({}, "");
    if (type != dtype::float64) {
      a.check({2, 1, 0}, ", the unit off by 2 and 1");
      a.check({2, 1, 7}, ", the unit off by up to 2 and 1");
      if (all_is_run) {
        a.check({-2, -1, 0}, ", the unit off by −2 and −1");
        a.check({2, -1, 0}, ", the unit off by 2 and −1");
        a.check({-2, 1, 0}, ", the unit off by −2 and 1");
      }
    }
    a.check_products();
  }
}

/// At all settings of an activation.
TEST_P(Pointwise, IsAccurate) { for_settings(pointwise_subjects(), GetParam(), check_accuracy); }

INSTANTIATE_TEST_SUITE_P(Emulator, Pointwise, testing::ValuesIn(activations(pointwise_subjects())),
                         [](const auto& test) {
                           return name_of_activation(
                               pointwise_subjects()[static_cast<std::size_t>(test.param)].name);
                         });

}  // namespace
}  // namespace emulator
