// Derivatives far from zero times gradients as large as there are, against tests/cpp/products.h.
#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <sstream>

#include "effort.h"
#include "parametric.h"
#include "pointwise.h"
#include "special_function_unit.h"

namespace emulator {
namespace {

using namespace nonlin;

#include "csrc/simd/half.h"
//
#include "tests/cpp/ulp.h"
struct reals {
  real of[3];
};
constexpr int members = 6;
using numbers = std::array<real, members>;
/// A formula with a weight, as parametric_products.h asks for it.
struct weighted_formula {
  const parametric_subject& s;
  friend numbers exactly(const weighted_formula& f, real x, real w) { return f.s.exactly(x, w); }
};
#include "tests/cpp/products.h"
//
#include "tests/cpp/parametric_products.h"

template <class T> constexpr dtype type_of = dtype::float64;
template <> constexpr dtype type_of<float> = dtype::float32;
template <> constexpr dtype type_of<half> = dtype::float16;
template <> constexpr dtype type_of<bfloat16> = dtype::bfloat16;

template <class T> bytes stored(const std::vector<T>& list) {
  const auto* from = reinterpret_cast<const char*>(list.data());
  return {from, from + list.size() * sizeof(T)};
}
template <class T> std::vector<T> loaded(const bytes& all) {
  std::vector<T> list(all.size() / sizeof(T));
  std::memcpy(list.data(), all.data(), all.size());
  return list;
}
template <class T> bytes repeated(T x, std::size_t count) {
  return stored(std::vector<T>(count, x));
}

template <class T> Passes<T> passes_of(const pointwise_subject& s) {
  using list = std::vector<T>;
  Passes<T> run;
  run.backward = [&s](T g, const list& x) {
    const auto y =
        run_plainly(pass_of(s, pass::backward, type_of<T>), {{}, repeated(g, x.size()), stored(x)});
    return y ? loaded<T>((*y)[0]) : list(x.size());
  };
  run.double_backward = [&s](T v, T g, const list& x) {
    const auto y = run_plainly(pass_of(s, pass::double_backward, type_of<T>),
                               {{}, {}, repeated(v, x.size()), repeated(g, x.size()), stored(x)});
    if (!y) return std::array{list(x.size()), list(x.size())};
    return std::array{loaded<T>((*y)[0]), loaded<T>((*y)[1])};
  };
  return run;
}

/// With each element a channel of its own: the gradient of its weight is its term.
template <class T> struct weighted_passes {
  const parametric_subject& s;
  using list = std::vector<T>;
  using results = parametric_results<T>;

  results backward(T g, const list& x, const list& w) const {
    const auto y = run_plainly(pass_of(s, pass::backward, type_of<T>, true),
                               {{}, {}, stored(x), repeated(g, x.size()), stored(w)});
    const list none(x.size());
    return y ? results{loaded<T>((*y)[0]), {}, loaded<T>((*y)[1])} : results{none, none, none};
  }
  results double_backward(const T* u, const T* v, T g, const list& x, const list& w) const {
    const auto one = [&](const T* number) {
      return number ? repeated(*number, x.size()) : bytes{};
    };
    const auto y =
        run_plainly(pass_of(s, pass::double_backward, type_of<T>, true),
                    {{}, {}, {}, stored(x), repeated(g, x.size()), one(u), one(v), stored(w)});
    const list none(x.size());
    return y ? results{loaded<T>((*y)[0]), loaded<T>((*y)[1]), loaded<T>((*y)[2])}
             : results{none, none, none};
  }
};

/// With the unit as it should be, and off by its documented error.
void for_units(dtype type, const std::function<void(const std::string&)>& check) {
  check(", " + std::string(name_of(type)));
  if (type == dtype::float64) return;
  for (const unit_error& errors : {unit_error{2, 1, 0}, unit_error{-2, -1, 0}}) {
    if (!all_is_run && errors.exp2 < 0) continue;
    how_the_unit_errs = errors;
    check(", " + std::string(name_of(type)) + ", the unit off by " + std::to_string(errors.exp2));
    how_the_unit_errs = {};
  }
}

class Limits : public testing::TestWithParam<int> {};

/// Bounds as in tests/cpp/cuda_products.cpp.
template <class T> void check(const pointwise_subject& s, const bounds& allowed) {
  for_units(type_of<T>, [&](const std::string& how) {
    expect_limits<T>(
        s.name + how,
        [&s](real x) {
          const auto y = s.exactly(x);
          return reals{{y[0], y[1], y[2]}};
        },
        passes_of<T>(s), allowed);
  });
}
/// At the first setting; `make emulate` takes all.
TEST_P(Limits, OfProducts) {
  for_settings(pointwise_subjects(), GetParam(), [](const pointwise_subject& s) {
    if (!s.first && !all_is_run) return;
    check<double>(s, {4, 8});
    check<float>(s, {4, 8});
    check<half>(s, {.502L, .504L});
    check<bfloat16>(s, {.51L, .502L});
  });
}

class WeightedLimits : public testing::TestWithParam<int> {};

template <class T> void check(const parametric_subject& s, const bounds& allowed) {
  for_units(type_of<T>, [&](const std::string& how) {
    expect_parametric_limits<T>(s.name + how, weighted_formula{s}, weighted_passes<T>{s}, allowed);
  });
}
TEST_P(WeightedLimits, OfProducts) {
  const parametric_subject& s = parametric_subjects()[static_cast<std::size_t>(GetParam())];
  check<double>(s, {4, 5});
  check<float>(s, {4, 5});
  check<half>(s, {.502L, .503L});
  check<bfloat16>(s, {.502L, .502L});
}

INSTANTIATE_TEST_SUITE_P(Emulator, Limits, testing::ValuesIn(activations(pointwise_subjects())),
                         [](const auto& test) {
                           return name_of_activation(
                               pointwise_subjects()[static_cast<std::size_t>(test.param)].name);
                         });
INSTANTIATE_TEST_SUITE_P(Emulator, WeightedLimits,
                         testing::Range(0, static_cast<int>(parametric_subjects().size())),
                         [](const auto& test) {
                           return parametric_subjects()[static_cast<std::size_t>(test.param)].name;
                         });

}  // namespace
}  // namespace emulator
