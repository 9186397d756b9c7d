// The gated family: act(gate)·up, of two tensors that may lie anywhere, halves of one included.
#include <gtest/gtest.h>

#include <cfloat>

#include "catalogue.h"
#include "effort.h"
#include "elementwise.h"
#include "representatives.h"

namespace emulator {
namespace {

using nonlin::pass;

elementwise_pass pass_of(const gated_subject& s, pass which, dtype type) {
  const std::vector<role> roles[] = {
      {{"result", true}, {"gate"}, {"up"}},
      {{"grad_gate", true}, {"grad_up", true}, {"grad_output"}, {"gate"}, {"up"}},
      {{"grad_grad_output", true},
       {"grad_gate", true},
       {"grad_up", true},
       {"grad_grad_gate"},
       {"grad_grad_up"},
       {"grad_output"},
       {"gate"},
       {"up"}}};
  constexpr const char* names[] = {"value", "backward", "double backward"};
  const auto p = static_cast<std::size_t>(which);
  const auto launch = [&s, which, type](const placed& all) {
    const auto o = operands_of<nonlin::gated::operands>(all);
    return s.unit->launch(which, type, s.parameters.data(), o, nullptr);
  };
  // Results that nobody needs, and directions that are zeros, are absent.
  const auto choose = [which](random_source& random) {
    const auto often = [&] { return !random.once_in(3); };
    if (which == pass::value) return std::vector<bool>(3, true);
    if (which == pass::backward) {
      const bool gate = often();
      return std::vector{gate, !gate || often(), true, true, true};
    }
    const bool gate = often(), up = often(), first = (!gate && !up) || often();
    return std::vector{first, gate, up, often(), often(), gate || up || often(), true, true};
  };
  return {s.name + ", " + names[p] + ", " + name_of(type),
          type,
          roles[p],
          which == pass::value ? 1 : -1,
          launch,
          choose};
}

const gated_subject& subject(int n) { return gated_subjects()[static_cast<std::size_t>(n)]; }

class GatedKernels : public testing::TestWithParam<int> {};

void for_passes(int n, const std::function<void(const elementwise_pass&)>& check) {
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    for (const dtype type : types) check(pass_of(subject(n), which, type));
  }
}
TEST_P(GatedKernels, DependOnElementsAlone) {
  for_passes(GetParam(), [](const auto& p) { check_arrangements(p, effort()); });
}
TEST_P(GatedKernels, AccessVectors) {
  for_passes(GetParam(), [](const auto& p) { check_widths(p); });
}
TEST_P(GatedKernels, FindLargeTensors) {
  for_passes(GetParam(), [](const auto& p) { check_large(p, effort()); });
}
INSTANTIATE_TEST_SUITE_P(Emulator, GatedKernels,
                         testing::ValuesIn(representatives(kernels(gated_subjects()),
                                                           [](int n) {
                                                             for_passes(n, probe_arrangements);
                                                           })),
                         [](const auto& test) { return name_of_kernels(subject(test.param)); });

class Gated : public testing::TestWithParam<int> {};

/// Products of moderate numbers, whose terms are known: all numbers of 16 bits as gates, with a
/// few of up. What a float does not hold is left out, as are sums next to their roots.
void check_accuracy(const gated_subject& s) {
  for (const dtype type : {dtype::float32, dtype::float16, dtype::bfloat16}) {
    const auto width = static_cast<std::size_t>(bytes_of(type));
    random_source random(5);
    const std::vector<double> x = many_numbers(type, all_is_run ? 100000 : 12000);
    std::vector<double> up, g;
    for (std::size_t i = 0; i < x.size(); ++i) {
      up.push_back(random.uniform(-8, 8));
      g.push_back(random.uniform(-3, 3));
    }
    const bytes xs = encoded(type, x), us = encoded(type, up), gs = encoded(type, g);
    const auto value = run_plainly(pass_of(s, pass::value, type), {{}, xs, us});
    const auto backward = run_plainly(pass_of(s, pass::backward, type), {{}, {}, gs, xs, us});
    const auto second = run_plainly(pass_of(s, pass::double_backward, type),
                                    {{}, {}, {}, gs, {}, gs, xs, us});  // along the gate
    ASSERT_TRUE(value && backward && second) << s.name;
    const auto check = [&](const char* what, int member, const bytes& found, const auto& exactly) {
      const real bound = s.bounds[static_cast<int>(type)][static_cast<std::size_t>(member)];
      const real most = width == 2 ? bound + .01L : 2 * bound + 2;  // a factor may double an error
      real worst = -1;
      std::size_t where = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto f = s.exactly(x[i]);
        const auto h = s.of_up(decoded(type, &us[i * width]));
        const real of_act = f[static_cast<std::size_t>(member)];
        const real want = exactly(decoded(type, &gs[i * width]), of_act, h);
        const bool subnormal =
            of_act != 0 && fabsl(of_act) < FLT_MIN;  // factors multiply its error
        if (std::isnan(x[i]) || subnormal || fabsl(of_act) > FLT_MAX || !std::isfinite(want))
          continue;
        const real units = error(type, &found[i * width], want);
        if (units > worst) worst = units, where = i;
      }
      EXPECT_LE(worst, most) << s.name << ", " << what << ", " << name_of(type) << ", gate "
                             << x[where] << ", up " << decoded(type, &us[where * width]);
      EXPECT_GE(worst, 0) << s.name << ": nothing was compared";
    };
    using pair = std::array<real, 2>;
    check("value", 0, (*value)[0], [](real, real f, const pair& h) { return f * h[0]; });
    check("grad_gate", 1, (*backward)[0],
          [](real c, real d, const pair& h) { return c * d * h[0]; });
    check("grad_up", 0, (*backward)[1], [](real c, real f, const pair& h) { return c * f * h[1]; });
    check("grad_grad_output", 1, (*second)[0],
          [](real c, real d, const pair& h) { return c * d * h[0]; });
    check("second grad_up", 1, (*second)[2],
          [](real c, real d, const pair& h) { return c * c * d * h[1]; });
  }
}
/// At all settings of an activation.
TEST_P(Gated, IsAccurate) { for_settings(gated_subjects(), GetParam(), check_accuracy); }
INSTANTIATE_TEST_SUITE_P(Emulator, Gated, testing::ValuesIn(activations(gated_subjects())),
                         [](const auto& test) {
                           return name_of_activation(subject(test.param).name);
                         });

}  // namespace
}  // namespace emulator
