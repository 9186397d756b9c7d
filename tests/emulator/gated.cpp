#include "gated.h"

#include <gtest/gtest.h>

#include "effort.h"
#include "halves.h"
#include "representatives.h"

namespace emulator {

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

namespace {

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
TEST_P(GatedKernels, FindHalvesOfOneTensor) {
  for_passes(GetParam(), [](const auto& p) { check_halves(p, effort()); });
}
TEST_P(GatedKernels, AccessHalvesInVectors) {
  for_passes(GetParam(), [](const auto& p) { check_widths_of_halves(p); });
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

}  // namespace
}  // namespace emulator
