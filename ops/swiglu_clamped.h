#pragma once
#include "swish.h"

/// The gate of swiglu_clamped: swish with β = α up to a limit, and constant from there on.
struct ClampedSwish {
  static constexpr bool bounded_slope = true;
  parameter limit = 7, alpha = 1.702;

  static constexpr auto parameters() {
    return std::array{named{"limit", &ClampedSwish::limit}, named{"alpha", &ClampedSwish::alpha}};
  }
  const char* refused() const { return limit.wide > 0 ? nullptr : "`limit` must be positive"; }

  template <class V> NONLIN_INLINE auto operator()(V x) const {
    const V most = limit;
    const auto f = ParametricSwish{}(if_greater(x, most, most, x), V(alpha));
    return jet{f.value, kept(x, V(value(f.x))), kept(x, V(value(f.xx)))};
  }

  /// a below the limit, else 0
  template <class V> NONLIN_INLINE V kept(V x, V a) const {
    return if_greater(V(limit), x, a, zero_like(x));
  }

  /// clamp(up, ±limit) + 1
  template <class V> NONLIN_INLINE auto up(V u) const {
    const V most = limit;
    return both{if_greater(u, most, most, if_greater(-most, u, -most, u)) + 1,
                if_greater(most, abs(u), V(1), zero_like(u))};
  }
};

/// swiglu_clamped(a, b) = c·σ(α·c)·(clamp(b, ±limit) + 1),  c = min(a, limit)
///                                               gpt-oss, OpenAI 2025, arXiv 2508.10925
struct SwigluClamped : with_gate<ClampedSwish> {};
