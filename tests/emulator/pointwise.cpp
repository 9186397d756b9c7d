#include "pointwise.h"

#include <gtest/gtest.h>

#include "effort.h"
#include "representatives.h"

namespace emulator {

using nonlin::pass;

elementwise_pass pass_of(const pointwise_subject& s, pass which, dtype type) {
  const std::vector<role> roles[] = {{{"result", true}, {"self"}},
                                     {{"grad_input", true}, {"grad_output"}, {"self"}},
                                     {{"grad_grad_output", true},
                                      {"grad_input", true},
                                      {"grad_grad_input"},
                                      {"grad_output"},
                                      {"self"}}};
  constexpr const char* names[] = {"value", "backward", "double backward"};
  const auto p = static_cast<std::size_t>(which);
  const auto launch = [&s, which, type](const placed& all) {
    const auto o = operands_of<nonlin::pointwise::operands>(all);
    return s.unit->launch(which, type, s.parameters.data(), o, nullptr);
  };
  return {s.name + ", " + names[p] + ", " + name_of(type), type, roles[p],
          which == pass::value ? 1 : -1, launch};
}

std::vector<bytes> run_on_host(const pointwise_subject& s, pass which, dtype type,
                               const std::vector<bytes>& inputs) {
  const auto kernel = s.host->at[static_cast<int>(which)][static_cast<int>(type)];
  return emulator::run_on_host(kernel, s.parameters.data(), type, inputs);
}

namespace {

const pointwise_subject& subject(int n) {
  return pointwise_subjects()[static_cast<std::size_t>(n)];
}

class PointwiseKernels : public testing::TestWithParam<int> {};

void for_passes(int n, const std::function<void(const elementwise_pass&)>& check) {
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    for (const dtype type : types) check(pass_of(subject(n), which, type));
  }
}
TEST_P(PointwiseKernels, DependOnElementsAlone) {
  for_passes(GetParam(), [](const auto& p) { check_arrangements(p, effort()); });
}
TEST_P(PointwiseKernels, AccessVectors) {
  for_passes(GetParam(), [](const auto& p) { check_widths(p); });
}
TEST_P(PointwiseKernels, FindLargeTensors) {
  for_passes(GetParam(), [](const auto& p) { check_large(p, effort()); });
}
INSTANTIATE_TEST_SUITE_P(Emulator, PointwiseKernels,
                         testing::ValuesIn(representatives(kernels(pointwise_subjects()),
                                                           [](int n) {
                                                             for_passes(n, probe_arrangements);
                                                           })),
                         [](const auto& test) { return name_of_kernels(subject(test.param)); });

}  // namespace
}  // namespace emulator
