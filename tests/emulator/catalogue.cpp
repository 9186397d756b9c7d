#include "catalogue.h"

#include <sstream>
#include <tuple>
#include <utility>

namespace nonlin {
namespace {
namespace formulas {
#include "csrc/family/gated.h"
#include "csrc/family/groupwise.h"
#include "csrc/family/parametric.h"
#include "csrc/math/textbook.h"
#include "ops.inc"
//
#include "tests/cpp/reals.h"
//
#include "tests/cpp/parametric_reals.h"
#include "tests/cpp/ulp.h"
//
#include "tests/cpp/lane_bounds.h"
#include "tests/cpp/parametric_lane_bounds.h"

using V = reference_lane<53>;

/// Units of a formula, by its family.
template <class F> struct units {
  static constexpr int family = gated_formula<F>           ? 3
                                : parametric_formula<F, V> ? 1
                                : groupwise_formula<F, V>  ? 2
                                                           : 0;
  template <class... Families> using of = std::tuple_element_t<family, std::tuple<Families...>>;
  using cuda =
      of<pointwise::cuda_unit, parametric::cuda_unit, groupwise::cuda_unit, gated::cuda_unit>;
  using host = of<pointwise::cpu_unit, parametric::cpu_unit, groupwise::cpu_unit, gated::cpu_unit>;
};
}  // namespace formulas
}  // namespace

#define NONLIN_OP(op, Type)                                     \
  namespace cuda {                                              \
  extern const formulas::units<formulas::Type>::cuda op##_unit; \
  }                                                             \
  namespace scalar {                                            \
  extern const formulas::units<formulas::Type>::host op##_unit; \
  }
#include "catalogue.inc"
#undef NONLIN_OP

}  // namespace nonlin

namespace emulator {
namespace {

using namespace nonlin;
using namespace nonlin::formulas;

struct subjects {
  std::vector<pointwise_subject> pointwise;
  std::vector<parametric_subject> parametric;
  std::vector<groupwise_subject> groupwise;
  std::vector<gated_subject> gated;
};

template <class F> std::function<std::array<real, 3>(real)> slack_of(const F& f) {
  return [forgiven = forgiveness(f)](emulator::real x) {
    return std::array{0.L, 0.L, forgiven.at(x)};
  };
}
template <class F> std::function<std::array<real, 3>(real)> exact_of(const F& f) {
  return [f](emulator::real x) {
    const reals y = exactly_or_limits(f, x);
    return std::array{y.of[0], y.of[1], y.of[2]};
  };
}

/// Calls add(f, its name, whether it is the first, its numbers) for all settings of a formula.
template <class F, class Add> void for_settings(const std::string& op, const F&, const Add& add) {
  bool first = true;
  for (const F& f : settings(F{})) {
    std::array<double, max_parameters> all{};
    std::ostringstream name;
    name << op;
    if constexpr (parameter_count<F>() > 0) {
      constexpr auto list = F::parameters();
      for (std::size_t i = 0; i < list.size(); ++i) {
        all[i] = (f.*list[i].member).wide;
        name << (i > 0 ? ", " : "(") << all[i];
      }
      name << ")";
    }
    add(f, name.str(), std::exchange(first, false), all);
  }
}
template <class F> per_type<std::array<real, 3>> bounds_of_all(const F& f) {
  return {{{}, bounds_of<float>(f), bounds_of<half>(f), bounds_of<bfloat16>(f)}};
}

template <class F>
void add(subjects& to, const std::string& op, const F&, const pointwise::cuda_unit& unit,
         const pointwise::cpu_unit& host) {
  for_settings(op, F{}, [&](const F& f, const auto& name, bool first, const auto& numbers) {
    to.pointwise.push_back(
        {name, first, numbers, &unit, &host, exact_of(f), slack_of(f), bounds_of_all(f)});
  });
}

template <class F>
void add(subjects& to, const std::string& op, const F& f, const parametric::cuda_unit& unit,
         const parametric::cpu_unit& host) {
  const auto slack = [f]<class T>(T) {
    return [f](emulator::real x, emulator::real w) { return at<T>(f, x, w).slack; };
  };
  to.parametric.push_back(
      {op,
       &unit,
       &host,
       [f](emulator::real x, emulator::real w) { return exactly(f, x, w); },
       {slack(double{}), slack(float{}), slack(half{}), slack(bfloat16{})},
       {{{}, bounds_of<float>(f), bounds_of<half>(f), bounds_of<bfloat16>(f)}}});
}

template <class F>
void add(subjects& to, const std::string& op, const F& f, const groupwise::cuda_unit& unit,
         const groupwise::cpu_unit&) {
  to.groupwise.push_back(
      {op, &unit, [f](double best, double next) -> bool { return f.replaces(V(best), V(next)); }});
}

template <class F>
void add(subjects& to, const std::string& op, const F&, const gated::cuda_unit& unit,
         const gated::cpu_unit& host) {
  using A = typename F::activation;
  for_settings(op, A{}, [&](const A& act, const auto& name, bool first, const auto& numbers) {
    const auto of_up = [act](double up) {
      const auto h = up_of(act, V(up));
      return std::array<emulator::real, 2>{V(h.first).v, V(h.second).v};
    };
    to.gated.push_back({name, first, numbers, &unit, &host, exact_of(act), slack_of(act), of_up,
                        bounds_of_all(act)});
  });
}

const subjects& all() {
  static const subjects list = [] {
    subjects s;
#define NONLIN_OP(op, Type) add(s, #op, formulas::Type{}, cuda::op##_unit, scalar::op##_unit);
#include "catalogue.inc"
#undef NONLIN_OP
    return s;
  }();
  return list;
}

}  // namespace

const std::vector<pointwise_subject>& pointwise_subjects() { return all().pointwise; }
const std::vector<parametric_subject>& parametric_subjects() { return all().parametric; }
const std::vector<groupwise_subject>& groupwise_subjects() { return all().groupwise; }
const std::vector<gated_subject>& gated_subjects() { return all().gated; }

std::string name_of_activation(const std::string& name) { return name.substr(0, name.find('(')); }

}  // namespace emulator
