// The passes of the units far from zero, with large gradients.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <sstream>
#include <string>

#include "units.h"

namespace nonlin {
namespace {
namespace formulas {
#include "csrc/simd/half.h"
//
#include "tests/cpp/reals.h"
//
#include "tests/cpp/parametric_reals.h"
#include "tests/cpp/ulp.h"
//
#include "tests/cpp/products.h"
//
#include "tests/cpp/parametric_products.h"

template <class T> constexpr dtype dtype_of = dtype::float64;
template <> constexpr dtype dtype_of<float> = dtype::float32;
template <> constexpr dtype dtype_of<half> = dtype::float16;
template <> constexpr dtype dtype_of<bfloat16> = dtype::bfloat16;

template <class T> char* bytes(const T* p) {
  return const_cast<char*>(reinterpret_cast<const char*>(p));
}

/// Runs a pass of a unit; as many results as gradients.
template <class T>
std::array<std::vector<T>, 2> results(const pointwise::cpu_unit& unit, pass which,
                                      const double* parameters,
                                      std::initializer_list<const T*> gradients,
                                      const std::vector<T>& x) {
  std::array<std::vector<T>, 2> y{std::vector<T>(x.size()), std::vector<T>(x.size())};
  pointwise::operands all{};
  all.rank = 1;
  all.size[0] = static_cast<std::int64_t>(x.size());
  int n = 0;
  for (; n < static_cast<int>(gradients.size()); ++n) {
    all.data[n] = y[n].data();
    all.stride[n][0] = sizeof(T);
  }
  for (const T* gradient : gradients) all.data[n++] = const_cast<T*>(gradient);
  all.data[n] = const_cast<T*>(x.data());
  all.stride[n][0] = sizeof(T);
  unit.at[static_cast<int>(which)][static_cast<int>(dtype_of<T>)](parameters, all, 0, all.size[0]);
  return y;
}

using parameter_list = std::array<double, max_parameters>;

template <class F> parameter_list parameters_of(const F& f) {
  parameter_list list{};
  if constexpr (parameter_count<F>() > 0) {
    constexpr auto all = F::parameters();
    for (std::size_t i = 0; i < all.size(); ++i) list[i] = (f.*all[i].member).wide;
  }
  return list;
}

template <class T>
Passes<T> passes(const pointwise::cpu_unit& unit, const parameter_list& parameters) {
  using list = std::vector<T>;
  const double* p = parameters.data();
  return {
      [&unit, p](T g, const list& x) { return results<T>(unit, pass::backward, p, {&g}, x)[0]; },
      [&unit, p](T v, T g, const list& x) {
        return results<T>(unit, pass::double_backward, p, {&v, &g}, x);
      }};
}

/// Each element has a weight of its own.
template <class T> struct ParametricPasses {
  const parametric::cpu_unit& unit;
  using list = std::vector<T>;
  using results = parametric_results<T>;

  results backward(T g, const list& x, const list& w) const {
    return of(pass::backward, nullptr, nullptr, g, x, w);
  }
  results double_backward(const T* u, const T* v, T g, const list& x, const list& w) const {
    return of(pass::double_backward, u, v, g, x, w);
  }

 private:
  results of(pass which, const T* u, const T* v, T g, const list& x, const list& w) const {
    const auto size = static_cast<std::int64_t>(x.size());
    results y{list(x.size()), list(x.size()), {}};
    std::vector<double> sums(x.size());
    parametric::job job{};
    const auto add = [&](parametric::slot slot, const T* data, std::int64_t stride) {
      job.data[slot] = bytes(data);
      job.stride[slot][0] = stride;
    };
    add(parametric::self, x.data(), sizeof(T));
    add(parametric::grad_output, &g, 0);
    if (u) add(parametric::grad_grad_self, u, 0);
    add(parametric::result, y.result.data(), sizeof(T));
    if (which == pass::double_backward) {
      add(parametric::grad_grad_output, y.grad_grad_output.data(), sizeof(T));
    }
    job.size[0] = size;
    job.rank = 1;
    job.weight = w.data();
    job.weight_stride = sizeof(T);
    job.grad_grad_weight = v;
    unit.at[static_cast<int>(which)][static_cast<int>(dtype_of<T>)](
        job, {{0, 1}, {0, size}, {0, 1}, sums.data()});
    for (const double sum : sums) y.term.push_back(as<T>(sum));
    return y;
  }
};

/// Visits the formula of a unit, at every setting.
template <class Visit> void for_settings(const std::string& name, const Visit& visit) {
#define NONLIN_OP(op, Type)                          \
  if (name == #op) {                                 \
    for (const Type& f : settings(Type{})) visit(f); \
  }
#include "catalogue.inc"
#undef NONLIN_OP
}

template <class T, class CpuUnit> void check(const Unit<CpuUnit>& unit, const bounds& allowed) {
  for_settings(unit.op, [&]<class F>(const F& f) {
    const auto name = std::to_string(format<T>::digits) + " digits";
    if constexpr (pointwise_formula<F, V> && std::is_same_v<CpuUnit, pointwise::cpu_unit>) {
      const parameter_list parameters = parameters_of(f);
      expect_limits<T>(
          name, [&f](real x) { return exactly_or_limits(f, x); },
          passes<T>(*unit.kernels, parameters), allowed);
    }
    if constexpr (parametric_formula<F, V> && std::is_same_v<CpuUnit, parametric::cpu_unit>) {
      expect_parametric_limits<T>(name, f, ParametricPasses<T>{*unit.kernels}, allowed);
    }
  });
}
template <class CpuUnit>
void check_all(const Unit<CpuUnit>& unit, const bounds& wide, const bounds& single) {
  if (!unit.usable) GTEST_SKIP() << "this processor lacks " << unit.instruction_set;
  check<double>(unit, wide);
  check<float>(unit, single);
  check<half>(unit, {.501L, .501L});
  check<bfloat16>(unit, {.502L, .502L});
}

}  // namespace formulas

class UnitProducts : public testing::TestWithParam<Unit<pointwise::cpu_unit>> {};
class ParametricUnitProducts : public testing::TestWithParam<Unit<parametric::cpu_unit>> {};

TEST_P(UnitProducts, HaveTheLimits) { formulas::check_all(GetParam(), {4, 8}, {4, 10}); }
TEST_P(ParametricUnitProducts, HaveTheLimits) { formulas::check_all(GetParam(), {4, 5}, {4, 6}); }

constexpr auto name = [](const auto& test) {
  return std::string(test.param.op) + "_" + test.param.instruction_set;
};
INSTANTIATE_TEST_SUITE_P(All, UnitProducts, testing::ValuesIn(units<pointwise::cpu_unit>()), name);
INSTANTIATE_TEST_SUITE_P(All, ParametricUnitProducts,
                         testing::ValuesIn(units<parametric::cpu_unit>()), name);

}  // namespace
}  // namespace nonlin
