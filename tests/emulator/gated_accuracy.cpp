// Products of the gated family whose factors are known, and in float64 those of the host.
#include <gtest/gtest.h>

#include <cfloat>

#include "effort.h"
#include "gated.h"
#include "special_function_unit.h"

namespace emulator {
namespace {

using nonlin::pass;

/// All numbers of 16 bits as gates, or a sample of float32, with moderate ups and gradients.
struct accuracy {
  const gated_subject& s;
  dtype type;
  std::vector<double> x = many_numbers(type, all_is_run ? 100000 : 12000);
  std::size_t width = static_cast<std::size_t>(bytes_of(type));
  bytes gates = encoded(type, x), ups{}, gradients{};
  std::vector<double> up{}, g{};
  std::vector<std::array<real, 3>> act{}, slack{};
  std::vector<std::array<real, 2>> of_up{};

  void prepare() {
    random_source random(5);
    for (const double gate : x) {
      up.push_back(random.uniform(-8, 8));
      g.push_back(random.uniform(-3, 3));
      act.push_back(s.exactly(gate));
      slack.push_back(std::isfinite(gate) ? s.slack(gate) : std::array<real, 3>{});
    }
    ups = encoded(type, up);
    gradients = encoded(type, g);
    for (std::size_t i = 0; i < x.size(); ++i) {
      up[i] = decoded(type, &ups[i * width]);
      g[i] = decoded(type, &gradients[i * width]);
      of_up.push_back(s.of_up(up[i]));
    }
  }

  /// A derivative of act times `factor(i)`. What a float does not hold is left out.
  void compare(const std::string& what, int member, const bytes& found, const auto& factor) const {
    const auto m = static_cast<std::size_t>(member);
    const real bound = s.bounds[static_cast<int>(type)][m];
    const real most = width == 2 ? bound + .01L : 2 * bound + 2;  // a factor may double an error
    real worst = -1;
    std::size_t where = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real want = factor(i) * act[i][m];
      const bool subnormal =
          act[i][m] != 0 && fabsl(act[i][m]) < FLT_MIN;  // its error is multiplied
      if (std::isnan(x[i]) || subnormal || fabsl(act[i][m]) > FLT_MAX || !std::isfinite(want)) {
        continue;
      }
      real units = error(type, &found[i * width], want);
      if (slack[i][m] != 0) {
        units = std::max<real>(0, units - fabsl(factor(i)) * slack[i][m] / spacing(type, want));
      }
      if (units > worst) worst = units, where = i;
    }
    EXPECT_LE(worst, most) << s.name << ", " << what << ", " << name_of(type) << ", gate "
                           << x[where] << ", up " << up[where];
    EXPECT_GE(worst, 0) << s.name << ": nothing was compared";
  }

  void check(const unit_error& errors, const std::string& how) const {
    how_the_unit_errs = errors;
    const auto value = run_plainly(pass_of(s, pass::value, type), {{}, gates, ups});
    const auto backward =
        run_plainly(pass_of(s, pass::backward, type), {{}, {}, gradients, gates, ups});
    const elementwise_pass second = pass_of(s, pass::double_backward, type);
    const auto along_gate = run_plainly(second, {{}, {}, {}, gradients, {}, gradients, gates, ups});
    const auto along_up = run_plainly(second, {{}, {}, {}, {}, gradients, gradients, gates, ups});
    how_the_unit_errs = {};
    ASSERT_TRUE(value && backward && along_gate && along_up) << s.name;
    const auto by_up = [&](std::size_t i) { return of_up[i][0]; };
    const auto by_g_and_up = [&](std::size_t i) { return g[i] * of_up[i][0]; };
    const auto by_g = [&](std::size_t i) { return g[i] * of_up[i][1]; };
    const auto by_g_twice = [&](std::size_t i) { return real{g[i]} * g[i] * of_up[i][1]; };
    const auto by_all = [&](std::size_t i) { return real{g[i]} * g[i] * of_up[i][0]; };
    compare("value" + how, 0, (*value)[0], by_up);
    compare("grad_gate" + how, 1, (*backward)[0], by_g_and_up);
    compare("grad_up" + how, 0, (*backward)[1], by_g);
    compare("grad_grad_output along the gate" + how, 1, (*along_gate)[0], by_g_and_up);
    compare("grad_gate along the gate" + how, 2, (*along_gate)[1], by_all);
    compare("grad_up along the gate" + how, 1, (*along_gate)[2], by_g_twice);
    compare("grad_grad_output along up" + how, 0, (*along_up)[0], by_g);
    compare("grad_gate along up" + how, 1, (*along_up)[1], by_g_twice);
  }
};

void check_accuracy(const gated_subject& s) {
  for (const dtype type : {dtype::float32, dtype::float16, dtype::bfloat16}) {
    accuracy a{s, type};
    a.prepare();
    a.check({}, "");
    a.check({2, 1, 7}, ", the unit off by up to 2 and 1");
    if (!all_is_run) continue;
    a.check({2, 1, 0}, ", the unit off by 2 and 1");
    a.check({-2, -1, 0}, ", the unit off by −2 and −1");
  }
}

/// In float64, of any numbers.
void check_bits_of_host(const gated_subject& s) {
  constexpr dtype type = dtype::float64;
  random_source random(6);
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    const elementwise_pass p = pass_of(s, which, type);
    std::vector<bytes> inputs;
    for (const role& r : p.roles) {
      std::vector<double> numbers(r.output ? 0 : 5000);
      for (double& x : numbers) x = random.number(type);
      inputs.push_back(encoded(type, numbers));
    }
    const auto kernel = s.host->at[static_cast<int>(which)][static_cast<int>(type)];
    const auto expected = run_on_host(kernel, s.parameters.data(), type, inputs);
    const auto found = run_plainly(p, inputs);
    ASSERT_TRUE(found);
    for (std::size_t n = 0; n < p.roles.size(); ++n) {
      if (!p.roles[n].output) continue;
      EXPECT_TRUE(same_numbers(type, (*found)[n], expected[n]))
          << p.name << ", " << p.roles[n].name;
    }
  }
}

class Gated : public testing::TestWithParam<int> {};

/// At all settings of an activation.
TEST_P(Gated, IsAccurate) { for_settings(gated_subjects(), GetParam(), check_accuracy); }
TEST_P(Gated, HasBitsOfHost) { for_settings(gated_subjects(), GetParam(), check_bits_of_host); }

INSTANTIATE_TEST_SUITE_P(Emulator, Gated, testing::ValuesIn(activations(gated_subjects())),
                         [](const auto& test) {
                           return name_of_activation(
                               gated_subjects()[static_cast<std::size_t>(test.param)].name);
                         });

}  // namespace
}  // namespace emulator
