#pragma once
#include "pointwise.h"

/// Gated: act(gate)·up with a pointwise formula act. descriptor.h says what the passes compute.

template <class F>
concept gated_formula = requires {
  typename F::activation;
};

/// act, and whether there are directions of gate and up: an absent one is no factor, as zero times
/// infinity is no zero.
template <class A> struct gated_call {
  A act;
  bool along_gate = true, along_up = true;
};

/// up, or what act makes of it, and the slope of that.
template <class A, class V> NONLIN_INLINE auto up_of(const A& act, V up) {
  if constexpr (requires { act.up(up); }) {
    return act.up(up);
  } else {
    return both{up, 1};
  }
}
/// a, a product with a derivative of act, where act is not cut off: there it is 0, even if a
/// gradient is infinite.
template <class A, class V> NONLIN_INLINE V kept_of(const A& act, V gate, V a) {
  if constexpr (requires { act.kept(gate, a); }) {
    return act.kept(gate, a);
  } else {
    return a;
  }
}
/// a·slope for the slope of up_of: what is cut off passes no infinite gradient on.
template <class V, class Slope> NONLIN_INLINE V times_cut(V a, Slope slope) {
  if constexpr (real_constant<Slope>) {
    return a;
  } else {
    return if_greater(slope, V(0), a, slope);
  }
}

template <class A>
concept bounded_slope = requires {
  requires A::bounded_slope;
};

/// d·a·b, which overflows only where that is too large. A factor up to 1 goes to the larger of the
/// others first, which it cannot make overflow nor, where the product is a normal number, lose;
/// one above 1 goes to the smaller. float holds all products of float16.
template <class V> NONLIN_INLINE V product_of(V d, V a, V b) {
  if constexpr (V::bits == 11) {
    return d * a * b;
  } else {
    const V larger = if_greater(abs(a), abs(b), a, b), smaller = if_greater(abs(a), abs(b), b, a);
    const V size = abs(d);
    return d * if_greater(size, V(1), smaller, larger) * if_greater(size, V(1), larger, smaller);
  }
}
/// The same where |d| ≤ 2, with which no a·b that underflows would be a normal number. Where a·b
/// overflows, neither a nor b is below 1, so that d·a overflows only if the product does.
template <class V> NONLIN_INLINE V product_of_bounded(V d, V a, V b) {
  if constexpr (V::bits == 11) {
    return d * a * b;
  } else {
    const V ab = a * b;
    return if_greater(abs(ab), V(largest_finite<V>), d * a * b, d * ab);
  }
}
/// The same with a derivative d of act, as times_derivative says.
template <class A, class V> NONLIN_INLINE V times_derivative(V d, V a, V b) {
  if constexpr (light<A>) {
    return if_greater(abs(d), V(0), product_of(d, a, b), d);
  } else {
    return product_of(d, a, b);
  }
}
template <class A, class V> NONLIN_INLINE V times_slope(V d, V a, V b) {
  if constexpr (!bounded_slope<A>) {
    return times_derivative<A>(d, a, b);
  } else if constexpr (light<A>) {
    return if_greater(abs(d), V(0), product_of_bounded(d, a, b), d);
  } else {
    return product_of_bounded(d, a, b);
  }
}

/// What backward needs of act.
template <class A, class V> NONLIN_INLINE both<V, V> value_and_slope(const A& act, V gate) {
  if constexpr (requires { act.value_and_slope(gate); }) {
    const auto found = act.value_and_slope(gate);
    return {V(found.first), V(found.second)};
  } else {
    const auto jet = act(gate);
    return {V(jet.value), V(jet.slope)};
  }
}

struct gated_value {
  static constexpr int inputs = 2, outputs = 1;
  template <class A, class V>
  NONLIN_INLINE static std::array<V, 1> of(const gated_call<A>& call, V gate, V up) {
    return {V(call.act(gate).value) * V(up_of(call.act, up).first)};
  }
};

struct gated_backward {
  static constexpr int inputs = 3, outputs = 2;
  static constexpr int reference = 3;  // gate, as any but the inputs may be absent
  template <class A, class V>
  NONLIN_INLINE static std::array<V, 2> of(const gated_call<A>& call, V g, V gate, V up) {
    const auto [y, slope] = value_and_slope(call.act, gate);
    const auto h = up_of(call.act, up);
    const V by_gate = kept_of(call.act, gate, times_slope<A>(slope, g, V(h.first)));
    return {by_gate, times_cut(g * y, h.second)};
  }
};

struct gated_double_backward {
  static constexpr int inputs = 5, outputs = 3;
  static constexpr int reference = 6;  // gate
  template <class A, class V>
  NONLIN_INLINE static std::array<V, 3> of(const gated_call<A>& call, V v, V w, V g, V gate, V up) {
    const auto jet = call.act(gate);
    const auto h = up_of(call.act, up);
    const V y(jet.value), slope(jet.slope), curvature(jet.curvature);
    const auto sum = [&](const auto& by_gate, const auto& by_up) {
      if (call.along_gate && call.along_up) return by_gate() + by_up();
      return call.along_gate ? by_gate() : call.along_up ? by_up() : V(0);
    };
    const auto kept = [&](V product) { return kept_of(call.act, gate, product); };
    const auto through = [&](V derivative) {
      return kept(times_derivative<A>(derivative, v, V(h.first)));
    };
    const V first = sum([&] { return through(slope); }, [&] { return times_cut(w * y, h.second); });
    const V second = sum([&] { return through(curvature); },
                         [&] { return times_cut(times_derivative<A>(w, slope), h.second); });
    const V crossed =
        call.along_gate ? times_cut(kept(times_derivative<A>(slope, g, v)), h.second) : V(0);
    return {first, kept(times_derivative<A>(g, second)), crossed};
  }
};

/// act as a pass of a call takes it.
template <class Pass, class A> gated_call<A> gated_call_of(const A& act, const gated::operands& o) {
  if constexpr (std::is_same_v<Pass, gated_double_backward>) {
    return {act, o.data[Pass::outputs] != nullptr, o.data[Pass::outputs + 1] != nullptr};
  } else {
    return {act};
  }
}
