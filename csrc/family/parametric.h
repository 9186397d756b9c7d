#pragma once
#include "../formula.h"

/// Parametric: an element and its weight go into the formula, a jet in both variables comes out.
/// Which products of it are computed is said in descriptor.h.
template <class F, class V>
concept parametric_formula = requires(const F& f, V x, V w) {
  f(x, w);
};

template <class F> constexpr autocast autocast_of() {
  static_assert(
      requires { F::weight; }, "a parametric formula names its weight");
  static_assert(
      !requires { F::parameters(); }, "a parametric formula has no hyper-parameters");
  if constexpr (requires { F::casts; }) return F::casts;
  return autocast::none;
}

/// An element x, its weight w, and what comes with them: g = grad_output, u = grad_grad_self and
/// v = grad_grad_weight, of which an absent one is no factor, as zero times infinity is no zero.
template <class V> struct parametric_point {
  V x, w, g, u, v;
  bool has_u, has_v;

  /// u·a + v·b: with a and b the derivatives of a function by x and w, its derivative along (u, v).
  NONLIN_INLINE V along(V a, V b) const {
    if (has_u && has_v) return fma(u, a, v * b);
    return has_u ? u * a : has_v ? v * b : V(0);
  }
};

/// What a pass makes of a point. g·weight_term is its term of the weight gradient: the caller
/// multiplies, in the precision of its sum.
template <class V> struct parametric_terms { V result, grad_grad_output, weight_term; };

/// A pass names the tensors that are there always and those that may be absent, as masks of slots.
constexpr unsigned slot_bits(auto... slots) { return ((1u << slots) | ...); }

struct parametric_value {
  static constexpr unsigned always = slot_bits(parametric::self, parametric::result), optional = 0;
  static constexpr bool sums = false;
  template <class F, class V>
  NONLIN_INLINE static parametric_terms<V> of(const F& f, const parametric_point<V>& p) {
    return {V(f(p.x, p.w).value), 0, 0};
  }
};

template <bool Result, bool Sums> struct parametric_backward {
  static constexpr unsigned always = slot_bits(parametric::self, parametric::grad_output) |
                                     (Result ? slot_bits(parametric::result) : 0),
                            optional = 0;
  static constexpr bool sums = Sums;
  template <class F, class V>
  NONLIN_INLINE static parametric_terms<V> of(const F& f, const parametric_point<V>& p) {
    const auto jet = f(p.x, p.w);
    return {p.g * V(jet.x), 0, V(jet.w)};
  }
};

template <bool Sums> struct parametric_double_backward {
  static constexpr unsigned always = slot_bits(parametric::self),
                            optional =
                                slot_bits(parametric::grad_output, parametric::grad_grad_self,
                                          parametric::result, parametric::grad_grad_output);
  static constexpr bool sums = Sums;
  template <class F, class V>
  NONLIN_INLINE static parametric_terms<V> of(const F& f, const parametric_point<V>& p) {
    const auto jet = f(p.x, p.w);
    return {p.g * p.along(V(jet.xx), V(jet.xw)), p.along(V(jet.x), V(jet.w)),
            p.along(V(jet.xw), V(jet.ww))};
  }
};
