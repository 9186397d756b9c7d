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
#include "csrc/family/pointwise.h"
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
  static constexpr int family = parametric_formula<F, V>  ? 1
                                : groupwise_formula<F, V> ? 2
                                : gated_formula<F>        ? 3
                                                          : 0;
  template <class... Units> using of = std::tuple_element_t<family, std::tuple<Units...>>;
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

/// What a formula of one number is at each of its settings.
template <class Subject, class F, class Unit, class Host>
void add_settings(std::vector<Subject>& to, const std::string& op, const F&, const Unit& unit,
                  const Host& host, const auto& and_this) {
  for (const F& f : settings(F{})) {
    Subject s{};
    s.name = op;
    s.first = to.empty() || to.back().unit != &unit;
    s.unit = &unit;
    s.host = &host;
    std::ostringstream numbers;
    if constexpr (parameter_count<F>() > 0) {
      constexpr auto list = F::parameters();
      for (std::size_t i = 0; i < list.size(); ++i) {
        s.parameters[i] = (f.*list[i].member).wide;
        numbers << (i > 0 ? ", " : "(") << s.parameters[i];
      }
      s.name += numbers.str() + ")";
    }
    s.exactly = [f](emulator::real x) {
      const reals y = exactly_or_limits(f, x);
      return std::array{y.of[0], y.of[1], y.of[2]};
    };
    s.slack = [forgiven = forgiveness(f)](emulator::real x) {
      return std::array{0.L, 0.L, forgiven.at(x)};
    };
    s.bounds = {{{}, bounds_of<float>(f), bounds_of<half>(f), bounds_of<bfloat16>(f)}};
    and_this(s, f);
    to.push_back(s);
  }
}

template <class F>
void add(subjects& to, const std::string& op, const F& f, const pointwise::cuda_unit& unit,
         const pointwise::cpu_unit& host) {
  add_settings(to.pointwise, op, f, unit, host, [](auto&, const auto&) {});
}

template <class F>
void add(subjects& to, const std::string& op, const F&, const gated::cuda_unit& unit,
         const gated::cpu_unit& host) {
  add_settings(to.gated, op, typename F::activation{}, unit, host,
               [](gated_subject& s, const auto& act) {
                 s.up = [act](emulator::real x) {
                   const auto y = up_of(act, reference_lane<24>(static_cast<double>(x)));
                   return std::array{emulator::real{reference_lane<24>(y.first).v},
                                     emulator::real{reference_lane<24>(y.second).v}};
                 };
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
const std::vector<gated_subject>& gated_subjects() { return all().gated; }
const std::vector<groupwise_subject>& groupwise_subjects() { return all().groupwise; }

}  // namespace emulator
