// The passes of the CUDA lanes far from zero, with large gradients, executed on the host as in
// cuda_lane.cpp.
#include "csrc/prelude.h"
//
#include "csrc/cuda/common.h"

namespace nonlin::cuda {
namespace {
#include "tests/cpp/erring_lane.h"
//
#include "csrc/cuda/pointwise.h"
#include "csrc/family/parametric.h"
#include "ops.inc"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

namespace nonlin::cuda {
namespace {
#include "tests/cpp/reals.h"
//
#include "tests/cpp/parametric_reals.h"
#include "tests/cpp/ulp.h"
//
#include "tests/cpp/products.h"
//
#include "tests/cpp/parametric_products.h"

template <class T> lane_for<T> load(const T& x) { return lane_for<T>::load(&x); }
template <class T> T stored(lane_for<T> y) {
  T x;
  y.store(&x);
  return x;
}

template <class T, class F> Passes<T> passes(const F& f) {
  using list = std::vector<T>;
  Passes<T> run;
  run.backward = [&f](T g, const list& xs) {
    list y;
    for (const T x : xs) y.push_back(stored<T>(backward_pass::of(f, load(g), load(x))[0]));
    return y;
  };
  run.double_backward = [&f](T v, T g, const list& xs) {
    std::array<list, 2> y;
    for (const T x : xs) {
      const auto z = double_backward_pass::of(f, load(v), load(g), load(x));
      for (int k : {0, 1}) y[k].push_back(stored<T>(z[k]));
    }
    return y;
  };
  return run;
}

template <class T, class F> struct ParametricPasses {
  const F& f;
  using V = lane_for<T>;
  using list = std::vector<T>;
  using results = parametric_results<T>;

  template <class Pass>
  results of(const T* u, const T* v, T g, const list& xs, const list& ws) const {
    results y;
    for (std::size_t n = 0; n < xs.size(); ++n) {
      const auto z =
          Pass::of(f, parametric_point<V>{load(xs[n]), load(ws[n]), load(g), u ? load(*u) : V(0),
                                          v ? load(*v) : V(0), u != nullptr, v != nullptr});
      y.result.push_back(stored<T>(z.result));
      y.grad_grad_output.push_back(stored<T>(z.grad_grad_output));
      y.term.push_back(stored<T>(load(g) * z.weight_term));
    }
    return y;
  }
  results backward(T g, const list& xs, const list& ws) const {
    return of<parametric_backward<true, true>>(nullptr, nullptr, g, xs, ws);
  }
  results double_backward(const T* u, const T* v, T g, const list& xs, const list& ws) const {
    return of<parametric_double_backward<true>>(u, v, g, xs, ws);
  }
};

template <class T, class F>
void check(const std::string& op, const F& f, const bounds& alone, const bounds& weighted) {
  for (const auto& p : perturbations) {
    if (std::is_same_v<T, double> && p.exp2 != 0) return;  // they do not use the unit
    unit_error = {p.exp2, p.reciprocal};
    const auto name = op + ", " + std::to_string(format<T>::digits) + " digits, 2ˣ off by " +
                      std::to_string(p.exp2) + " and 1/x by " + std::to_string(p.reciprocal);
    if constexpr (pointwise_formula<F, double_lane>) {
      expect_limits<T>(
          name, [&f](real x) { return exactly_or_limits(f, x); }, passes<T>(f), alone);
    } else if constexpr (parametric_formula<F, double_lane>) {
      expect_parametric_limits<T>(name, f, ParametricPasses<T, F>{f}, weighted);
    }
  }
  unit_error = {};
}
/// Of formulas of x alone, and of those with a weight.
template <class T> void check_all(const bounds& alone, const bounds& weighted) {
#define NONLIN_OP(op, Type) \
  for (const Type& f : settings(Type{})) check<T>(#op, f, alone, weighted);
#include "catalogue.inc"
#undef NONLIN_OP
}

/// As the derivatives themselves. Of 16 bits a bit more of the estimates' errors shows where they
/// are not next to numbers of that type.
TEST(CudaProducts, Float64) { check_all<double>({4, 8}, {4, 5}); }
TEST(CudaProducts, Float32) { check_all<float>({4, 8}, {4, 5}); }
TEST(CudaProducts, Float16) { check_all<half>({.502L, .504L}, {.502L, .503L}); }
TEST(CudaProducts, Bfloat16) { check_all<bfloat16>({.51L, .502L}, {.502L, .502L}); }

}  // namespace
}  // namespace nonlin::cuda
