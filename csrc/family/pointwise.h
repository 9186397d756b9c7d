#pragma once
#include "../formula.h"

/// Pointwise: a lane goes into the formula, a jet comes out. A pass says which tensors are read and
/// what is written: with D_k(g, x) = g·f⁽ᵏ⁾(x) they are D_0 at g = 1, D_1, and the pair (D_1,
/// v·D_2).

template <class F, class V>
concept pointwise_formula = requires(const F& f, V x) {
  f(x);
};

/// a·d with a derivative d. Where the derivative of a light formula is 0, the product is +0: what a
/// comparison has cut off passes no infinite gradient on, as in PyTorch.
template <class F, class V> NONLIN_INLINE V times_derivative(V a, V d) {
  if constexpr (light<F>) {
    if constexpr (requires { if_nonzero(d, a); }) {
      return if_nonzero(d, a * d);
    } else {
      return if_greater(abs(d), V(0), a * d, d);
    }
  } else {
    return a * d;
  }
}

struct value_pass {
  static constexpr int inputs = 1, outputs = 1;
  template <class F, class V> NONLIN_INLINE static std::array<V, 1> of(const F& f, V x) {
    return {V(f(x).value)};
  }
};

struct backward_pass {
  static constexpr int inputs = 2, outputs = 1;
  template <class F, class V> NONLIN_INLINE static std::array<V, 1> of(const F& f, V g, V x) {
    return {times_derivative<F>(g, V(f(x).slope))};
  }
};

struct double_backward_pass {
  static constexpr int inputs = 3, outputs = 2;
  template <class F, class V> NONLIN_INLINE static std::array<V, 2> of(const F& f, V v, V g, V x) {
    const auto jet = f(x);
    return {times_derivative<F>(v, V(jet.slope)),
            times_derivative<F>(v, times_derivative<F>(g, V(jet.curvature)))};
  }
};

/// The bits that a storage type holds, which choose the lane that computes for it.
template <class T> constexpr int significant_bits = 53;
template <> constexpr int significant_bits<float> = 24;
template <> constexpr int significant_bits<half> = 11;
template <> constexpr int significant_bits<bfloat16> = 8;

template <class F> constexpr int parameter_count() {
  if constexpr (requires { F::parameters(); }) return static_cast<int>(F::parameters().size());
  return 0;
}

/// A formula that has asked more of its hyper-parameters than to be finite.
template <class F>
concept particular = requires(const F& f) {
  f.refused();
};
/// A formula whose derivatives may be computed from its result.
template <class F>
concept saves_its_result = requires(const F& f) {
  f.saves_result(dtype::float32);
};

/// The formula with its hyper-parameters set, in the order in which it lists them.
template <class F> inline F formula([[maybe_unused]] const double* values) {
  F f;
  if constexpr (parameter_count<F>() > 0) {
    constexpr auto list = F::parameters();
    for (int i = 0; i < parameter_count<F>(); ++i) f.*list[i].member = parameter(values[i]);
  }
  return f;
}

/// A formula may have a second text, for its default parameters: the same numbers, sooner.
template <class F>
concept shortened = requires {
  typename F::at_defaults;
};

/// Calls use(f) with the formula at these values of its parameters.
template <class F, class Use> auto with_formula(const double* values, const Use& use) {
  if constexpr (shortened<F>) {
    bool defaults = true;
    constexpr auto list = F::parameters();
    for (int i = 0; i < parameter_count<F>(); ++i) {
      defaults = defaults && values[i] == (F{}.*list[i].member).wide;
    }
    if (defaults) return use(typename F::at_defaults{});
  }
  return use(formula<F>(values));
}

/// Writes name and default of every hyper-parameter to `info`.
template <class F> constexpr void describe([[maybe_unused]] parameter_info* info) {
  if constexpr (parameter_count<F>() > 0) {
    static_assert(parameter_count<F>() <= max_parameters, "a formula has at most four parameters");
    constexpr auto list = F::parameters();
    for (int i = 0; i < parameter_count<F>(); ++i) {
      info[i] = {list[i].name, (F{}.*list[i].member).wide};
    }
  }
}
