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
  auto all = inputs;
  nonlin::pointwise::operands o{};
  o.rank = 1;
  o.size[0] = static_cast<std::int64_t>(inputs.back().size()) / bytes_of(type);
  for (std::size_t t = 0; t < all.size(); ++t) {
    all[t].resize(inputs.back().size());
    o.data[t] = all[t].data();
    o.stride[t][0] = bytes_of(type);
  }
  s.host->at[static_cast<int>(which)][static_cast<int>(type)](s.parameters.data(), o, 0, o.size[0]);
  for (std::size_t t = 0; t < all.size(); ++t) {
    if (!inputs[t].empty()) all[t].clear();
  }
  return all;
}

std::vector<int> activations() {
  std::vector<int> all;
  for (std::size_t n = 0; n < pointwise_subjects().size(); ++n) {
    if (pointwise_subjects()[n].first) all.push_back(static_cast<int>(n));
  }
  return all;
}
std::string name_of_activation(int n) {
  const std::string name = pointwise_subjects()[static_cast<std::size_t>(n)].name;
  return name.substr(0, name.find('('));
}

namespace {

const pointwise_subject& subject(int n) {
  return pointwise_subjects()[static_cast<std::size_t>(n)];
}
/// All kernels: a formula may have a second text, for its default parameters.
std::vector<int> kernels() {
  std::vector<int> all;
  for (const int n : activations()) {
    all.push_back(n);
    const auto next = static_cast<std::size_t>(n) + 1;
    if (all_is_run && next < pointwise_subjects().size() && !subject(n + 1).first) {
      all.push_back(n + 1);
    }
  }
  return all;
}
std::string name_of_subject(const testing::TestParamInfo<int>& info) {
  return name_of_activation(info.param) + (subject(info.param).first ? "" : "_with_other_numbers");
}

class PointwiseKernels : public testing::TestWithParam<int> {};

TEST_P(PointwiseKernels, DependOnElementsAlone) {
  const pointwise_subject& s = subject(GetParam());
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    for (const dtype type : types) check_arrangements(pass_of(s, which, type), effort());
  }
}
TEST_P(PointwiseKernels, AccessVectors) {
  const pointwise_subject& s = subject(GetParam());
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    for (const dtype type : types) check_widths(pass_of(s, which, type));
  }
}
TEST_P(PointwiseKernels, FindLargeTensors) {
  const pointwise_subject& s = subject(GetParam());
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    for (const dtype type : types) check_large(pass_of(s, which, type), effort());
  }
}

/// One call with dense tensors and one with others, of every pass and type.
void probe(int n) {
  for (const pass which : {pass::value, pass::backward, pass::double_backward}) {
    for (const dtype type : types) {
      const elementwise_pass p = pass_of(subject(n), which, type);
      probe_arrangements(p);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Emulator, PointwiseKernels,
                         testing::ValuesIn(representatives(kernels(), probe)), name_of_subject);

}  // namespace
}  // namespace emulator
