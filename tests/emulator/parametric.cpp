#include "parametric.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "effort.h"
#include "launch.h"
#include "representatives.h"

namespace emulator {

using nonlin::pass;
namespace slots = nonlin::parametric;

namespace {

/// Where each role of a pass goes in a job; the weights and the gradient are no slots.
enum : int { weight = slots::slots, grad_grad_weight, grad_weight };
struct place_of_role {
  role what;
  int to;
};
std::vector<place_of_role> roles_of(pass which, bool sums) {
  std::vector<place_of_role> list{{{"result", true}, slots::result}};
  if (which == pass::double_backward) {
    list.push_back({{"grad_grad_output", true}, slots::grad_grad_output});
  }
  if (sums) list.push_back({{"grad_weight", true, true}, grad_weight});
  list.push_back({{"self"}, slots::self});
  if (which != pass::value) list.push_back({{"grad_output"}, slots::grad_output});
  if (which == pass::double_backward) {
    list.push_back({{"grad_grad_self"}, slots::grad_grad_self});
    list.push_back({{"grad_grad_weight", false, true}, grad_grad_weight});
  }
  list.push_back({{"weight", false, true}, weight});
  return list;
}

int launch(const parametric_subject& s, pass which, dtype type,
           const std::vector<place_of_role>& roles, const placed& all) {
  slots::job j{};
  void* gradient = nullptr;
  j.rank = static_cast<int>(all.size.size());
  std::copy(all.size.begin(), all.size.end(), j.size);
  j.channel = all.channel < 0 ? j.rank++ : all.channel;
  if (all.channel < 0) j.size[j.channel] = 1;
  for (std::size_t n = 0; n < roles.size(); ++n) {
    const auto& [data, stride] = all.tensors[n];
    const std::int64_t step = all.channel < 0 || data == nullptr ? 0 : stride[all.channel];
    if (roles[n].to == weight) {
      j.weight = data;
      j.weight_stride = step;
    } else if (roles[n].to == grad_grad_weight) {
      j.grad_grad_weight = data;
      j.grad_grad_weight_stride = step;
    } else if (roles[n].to == grad_weight) {
      gradient = data;
    } else {
      j.data[roles[n].to] = data;
      std::copy(stride.begin(), stride.end(), j.stride[roles[n].to]);
    }
  }
  void* workspace = nullptr;
  if (gradient != nullptr) {
    const std::int64_t bytes = s.unit->workspace(which, type, j);
    char* at = memory::allocate("workspace", bytes);
    memory::permit(at, bytes, writable | readable_once_written);
    if (how_to_launch.visit) {  // blocks that are left out have summed nothing
      std::memset(at, 0, static_cast<std::size_t>(bytes));
      memory::permit(at, bytes, readable);
    }
    workspace = at;
  }
  return s.unit->launch(which, type, j, gradient, workspace, nullptr);
}

}  // namespace

elementwise_pass pass_of(const parametric_subject& s, pass which, dtype type, bool sums) {
  constexpr const char* names[] = {"value", "backward", "double backward"};
  const auto roles = roles_of(which, sums);
  elementwise_pass p{s.name + ", " + names[static_cast<int>(which)] + ", " + name_of(type) +
                         (sums ? ", with the weight gradient" : ""),
                     type,
                     {},
                     -1,
                     {}};
  for (const auto& r : roles) {
    if (r.to == slots::self && which == pass::value) p.in_place = static_cast<int>(p.roles.size());
    p.roles.push_back(r.what);
  }
  p.launch = [&s, which, type, roles](const placed& all) {
    return launch(s, which, type, roles, all);
  };
  p.choose = [which, sums, roles](random_source& random) {
    const bool second = which == pass::double_backward, u = !random.once_in(3),
               v = u ? random.once_in(2) : !random.once_in(8),
               result = (!second && !sums) || random.once_in(2),
               other = second && (random.once_in(2) || (!result && !sums)),
               g = !second || result || sums || random.once_in(3);
    std::vector<bool> there;
    for (const auto& r : roles) {
      there.push_back(r.to == slots::result             ? result
                      : r.to == slots::grad_grad_output ? other
                      : r.to == slots::grad_output      ? g
                      : r.to == slots::grad_grad_self   ? u
                      : r.to == grad_grad_weight        ? v
                                                        : true);
    }
    return there;
  };
  if (sums) p.check_sums = sums_of(s, which, type);
  return p;
}

namespace {

constexpr pass all_passes[] = {pass::value, pass::backward, pass::double_backward};

class ParametricKernels : public testing::TestWithParam<int> {
 protected:
  const parametric_subject& subject() const {
    return parametric_subjects()[static_cast<std::size_t>(GetParam())];
  }
};
std::string name_of_subject(const testing::TestParamInfo<int>& info) {
  return parametric_subjects()[static_cast<std::size_t>(info.param)].name;
}
void each_pass(const parametric_subject& s, bool sums, const auto& use) {
  for (const pass which : all_passes) {
    if (sums && which == pass::value) continue;
    for (const dtype type : types) use(pass_of(s, which, type, sums));
  }
}

TEST_P(ParametricKernels, DependOnElementsAlone) {
  each_pass(subject(), false, [](const auto& p) { check_arrangements(p, effort()); });
}
TEST_P(ParametricKernels, SumForEveryWeight) {
  each_pass(subject(), true, [](const auto& p) { check_arrangements(p, effort()); });
}
TEST_P(ParametricKernels, SumInSlices) {
  each_pass(subject(), true, [](const auto& p) { check_slices(p, effort()); });
}
TEST_P(ParametricKernels, AccessVectors) {
  each_pass(subject(), false, [](const auto& p) { check_widths(p); });
}
TEST_P(ParametricKernels, FindLargeTensors) {
  each_pass(subject(), false, [](const auto& p) { check_large(p, effort()); });
  each_pass(subject(), true, [](const auto& p) { check_large(p, effort()); });
}

std::vector<int> all_subjects() {
  std::vector<int> all;
  for (std::size_t n = 0; n < parametric_subjects().size(); ++n) all.push_back(static_cast<int>(n));
  return all;
}
void probe(int n) {
  for (const bool sums : {false, true}) {
    each_pass(parametric_subjects()[static_cast<std::size_t>(n)], sums,
              [](const auto& p) { probe_arrangements(p); });
  }
}
INSTANTIATE_TEST_SUITE_P(Emulator, ParametricKernels,
                         testing::ValuesIn(representatives(all_subjects(), probe)),
                         name_of_subject);

}  // namespace
}  // namespace emulator
