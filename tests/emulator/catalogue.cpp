#include "catalogue.h"

#include <algorithm>
#include <sstream>
#include <tuple>

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

/// With defaults that a float has.
template <class F> F rounded() {
  F f;
  if constexpr (parameter_count<F>() > 0) {
    for (const auto& p : F::parameters()) f.*p.member = static_cast<float>((f.*p.member).wide);
  }
  return f;
}
template <class F> std::array<double, max_parameters> numbers_of(const F& f) {
  std::array<double, max_parameters> all{};
  if constexpr (parameter_count<F>() > 0) {
    constexpr auto list = F::parameters();
    for (std::size_t i = 0; i < list.size(); ++i) all[i] = (f.*list[i].member).wide;
  }
  return all;
}
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

template <class F>
void add(subjects& to, const std::string& op, const F&, const pointwise::cuda_unit& unit,
         const pointwise::cpu_unit& host) {
  bool first = true;
  for (const F& f : settings(F{})) {
    pointwise_subject s{op, first, &unit, &host, {}, {}, {}, {}};
    std::ostringstream numbers;
    if constexpr (parameter_count<F>() > 0) {
      constexpr auto list = F::parameters();
      for (std::size_t i = 0; i < list.size(); ++i) {
        s.parameters[i] = (f.*list[i].member).wide;
        numbers << (i > 0 ? ", " : "(") << s.parameters[i];
      }
      s.name += numbers.str() + ")";
    }
    s.exactly = exact_of(f);
    s.slack = slack_of(f);
    s.bounds = {{{}, bounds_of<float>(f), bounds_of<half>(f), bounds_of<bfloat16>(f)}};
    to.pointwise.push_back(s);
    first = false;
  }
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
         const gated::cpu_unit&) {
  using A = typename F::activation;
  const A act = rounded<A>();
  const auto of_up = [act](double up) {
    const auto h = up_of(act, V(up));
    return std::array<emulator::real, 2>{V(h.first).v, V(h.second).v};
  };
  to.gated.push_back(
      {op,
       &unit,
       numbers_of(act),
       exact_of(act),
       slack_of(act),
       of_up,
       {{{}, bounds_of<float>(act), bounds_of<half>(act), bounds_of<bfloat16>(act)}}});
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

}  // namespace emulator
