// The gated family: a gate and what it lets up, both elements of tensors of one shape.
#include <gtest/gtest.h>

#include "catalogue.h"
#include "effort.h"
#include "elementwise.h"
#include "representatives.h"
#include "special_function_unit.h"

namespace emulator {
namespace {

using nonlin::pass;
constexpr pass all_passes[] = {pass::value, pass::backward, pass::double_backward};

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
  elementwise_pass y{s.name + ", " + names[p] + ", " + name_of(type),
                     type,
                     roles[p],
                     which == pass::value ? 1 : -1,
                     {}};
  y.launch = [&s, which, type](const placed& all) {
    nonlin::gated::operands o{};
    o.rank = static_cast<int>(all.size.size());
    std::copy(all.size.begin(), all.size.end(), o.size);
    for (std::size_t t = 0; t < all.tensors.size(); ++t) {
      o.data[t] = all.tensors[t].data;
      std::copy(all.tensors[t].stride.begin(), all.tensors[t].stride.end(), o.stride[t]);
    }
    return s.unit->launch(which, type, s.parameters.data(), o, nullptr);
  };
  y.choose = [which](random_source& random) {
    const auto often = [&] { return !random.once_in(3); };
    if (which == pass::value) return std::vector<bool>(3, true);
    if (which == pass::backward) {
      const bool gate = often();
      return std::vector{gate, !gate || often(), true, true, true};
    }
    const bool of_gate = often(), of_up = often(), other = (!of_gate && !of_up) || often();
    return std::vector{other, of_gate, of_up, often(), often(), of_gate || of_up || often(),
                       true,  true};
  };
  return y;
}

/// All finite numbers as gates, with some of what they let up.
struct accuracy {
  const gated_subject& s;
  dtype type;
  std::vector<double> gates = many_numbers(type, all_is_run ? 60000 : 8000);
  std::vector<std::array<real, 3>> exact{}, slack{};
  std::size_t width = static_cast<std::size_t>(bytes_of(type));

  void prepare() {
    std::erase_if(gates, [](double gate) { return !std::isfinite(gate); });
    for (const double gate : gates) {
      exact.push_back(s.exactly(gate));
      slack.push_back(s.slack(gate));
    }
  }
  void check(double u, const std::string& how) const {
    const std::size_t count = gates.size();
    const bytes gate = encoded(type, gates), up = encoded(type, std::vector<double>(count, u)),
                one = encoded(type, std::vector<double>(count, 1));
    const auto value = run_plainly(pass_of(s, pass::value, type), {{}, gate, up});
    const auto back = run_plainly(pass_of(s, pass::backward, type), {{}, {}, one, gate, up});
    const auto second =
        run_plainly(pass_of(s, pass::double_backward, type), {{}, {}, {}, one, {}, one, gate, up});
    if (!value || !back || !second) return;
    const auto h = s.up(decoded(type, up.data()));
    compare((*value)[0], 0, h[0], how);
    compare((*back)[0], 1, h[0], how);
    compare((*back)[1], 0, h[1], how);
    compare((*second)[0], 1, h[0], how);
    compare((*second)[1], 2, h[0], how);
    compare((*second)[2], 1, h[1], how);
  }
  /// A product may double the error of a factor and is rounded itself.
  void compare(const bytes& y, int member, real factor, const std::string& how) const {
    const real alone =
        type == dtype::float64 ? member * 3 + 3 : s.bounds[static_cast<int>(type)][member];
    const real bound = width == 2 ? alone + .01L : 2 * alone + 1;
    real worst = 0;
    std::size_t where = 0;
    for (std::size_t i = 0; i < gates.size(); ++i) {
      const real want = exact[i][member] * factor, more = slack[i][member] * fabsl(factor);
      real units = error(type, &y[i * width], want);
      if (more > 0) units = std::max<real>(0, units - more / spacing(type, want));
      if (units > worst) worst = units, where = i;
    }
    EXPECT_LE(worst, bound) << s.name << ", derivative " << member << " times "
                            << static_cast<double>(factor) << ", " << name_of(type) << how
                            << ", at " << gates[where] << ": " << decoded(type, &y[where * width]);
  }
};

const gated_subject& subject(int n) { return gated_subjects()[static_cast<std::size_t>(n)]; }
std::vector<int> all_subjects() {
  std::vector<int> all;
  for (std::size_t n = 0; n < gated_subjects().size(); ++n) {
    if (subject(static_cast<int>(n)).first) all.push_back(static_cast<int>(n));
  }
  return all;
}
std::string name_of_subject(const testing::TestParamInfo<int>& info) {
  return subject(info.param).name.substr(0, subject(info.param).name.find('('));
}

class Gated : public testing::TestWithParam<int> {};

TEST_P(Gated, IsAccurate) {
  int n = GetParam();
  do {
    for (const dtype type : types) {
      if (type == dtype::float64 && !all_is_run) continue;
      accuracy a{subject(n), type};
      a.prepare();
      for (const double up : {-3.328125, .0703125}) {
        a.check(up, "");
        if (type == dtype::float64) continue;
        how_the_unit_errs = {2, 1, 7};
        a.check(up, ", the unit off by up to 2 and 1");
        how_the_unit_errs = {};
      }
    }
    ++n;
  } while (n < static_cast<int>(gated_subjects().size()) && !subject(n).first);
}
INSTANTIATE_TEST_SUITE_P(Emulator, Gated, testing::ValuesIn(all_subjects()), name_of_subject);

class GatedKernels : public testing::TestWithParam<int> {};

void each_pass(int n, const auto& use) {
  for (const pass which : all_passes) {
    for (const dtype type : types) use(pass_of(subject(n), which, type));
  }
}
TEST_P(GatedKernels, DependOnElementsAlone) {
  each_pass(GetParam(), [](const auto& p) { check_arrangements(p, effort()); });
}
TEST_P(GatedKernels, AccessVectors) {
  each_pass(GetParam(), [](const auto& p) { check_widths(p); });
}
TEST_P(GatedKernels, FindLargeTensors) {
  each_pass(GetParam(), [](const auto& p) { check_large(p, effort()); });
}
void probe(int n) {
  each_pass(n, [](const auto& p) { probe_arrangements(p); });
}
INSTANTIATE_TEST_SUITE_P(Emulator, GatedKernels,
                         testing::ValuesIn(representatives(all_subjects(), probe)),
                         name_of_subject);

}  // namespace
}  // namespace emulator
