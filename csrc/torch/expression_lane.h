#pragma once
/// Functions of csrc/math/ that the lane `expression` has texts of its own for, as compilers run
/// every branch and call a function for every exponential: fewer of both, and larger errors where
/// results are next to nothing.

/// A choice costs more than a limit, which may give a zero the other sign.
inline void prefers_limits(const expression&) {}

/// Where a limit at −∞ needs no choice: bx has the sign of x and is infinite with it. Choices cost
/// three times as much as limits in a loop that calls a function for its exponential.
inline bool is_positive_factor(const expression& b) { return b.is_constant_above(1e-30); }
/// x, but finite at −∞: bx is finite there, and far beyond where e^(−bx) overflows. NaN passes.
inline expression finite_below(const expression& x, const expression& b) {
  return max(expression(-1e35) / b, x);
}

/// Where e⁻ˣ overflows the result is 0 in place of a subnormal number.
inline expression logistic(const expression& x) { return 1 / (1 + exp(-x)); }
inline expression logistic_from_exp(const expression& x, const expression&, const expression&) {
  return logistic(x);
}
inline expression logistic_as_slope(const expression& x) { return logistic(x); }
/// x·σ(bx), given a `side` with the sign of b·x, t = |x| or a limit and u = |b|·t. For a constant
/// b > 0, the result is 0 where e^(−bx) overflows, in place of one below 2⁻¹²¹/b.
inline expression gated_by_logistic_of(const expression& side, const expression& x,
                                       const expression& b, const expression& t,
                                       const expression& u) {
  if (side.is(x) && is_positive_factor(b)) {
    return finite_below(x, b) / (1 + exp(-(b * x)));
  }
  const bool decays = b.is_nonzero_constant();
  const expression z = exp(decays ? -(b * abs(x)) : -u), limited = if_negative(x, -t, t);
  // With b = 0 it is x/2, which no limit stops.
  return if_negative(side, (decays ? limited : if_greater(b, 0, limited, x)) * z, x) / (1 + z);
}
inline expression gated_by_logistic(const expression& x, const expression& t) {
  return gated_by_logistic_of(x, x, 1, t, t);
}
/// The slope of x·σ(bx), as σ·(1 + bx·(1 − σ)) with an absolute error next to its root; `tail` is
/// the left side of it. At both infinities one of σ and 1 − σ is 0, and any number does for bx.
inline expression slope_gated_by_logistic(const expression& side, const expression& x,
                                          const expression& b, const expression& tail) {
  if (!side.is(x) || !is_positive_factor(b)) return reflect(side, 1, tail);
  const expression s = 1 / (1 + exp(-(b * x)));
  const expression finite = min(expression(1e35) / b, finite_below(x, b));
  return s * (1 + b * finite * (1 - s));
}
/// q·(1 − q) with q = σ(−|x|), the smaller one of σ(x) and σ(−x), by the exponential of σ(x). Where
/// that overflows, q is 0.
inline expression logistic_slope_at(const expression& x) {
  const expression e = exp(-x), s = 1 / (1 + e);
  const expression q = min(s, s * min(expression(std::numeric_limits<double>::max()), e));
  return q * (1 - q);
}
/// Textbook lanes have the series of doubles else, and half_tanh, which is accurate next to 0 too.
inline expression minus_tanh(const expression& a, const expression& t, const expression& z) {
  const expression s = t * t, far = a - (1 - z) / (1 + z);
  const expression series = t.is_double() ? at(tanh_shrink_53(), s) : at(tanh_shrink_24(), s);
  return if_greater(1.05, t, t * s * series, far);
}
inline expression nonpositive_argument(const expression& x) { return min(expression(0), x); }
inline expression log1p_of_exp(const expression& z) {
  return z.is_double() ? log1p(z) : z * at(log1p_ratio_24(), z - .5);
}
inline expression softplus(const expression& x) {
  return positive_part(x) + log1p_of_exp(exp(-abs(x)));
}
inline expression times_erf_softplus(const expression& x) {
  return max(expression(-exp_decay_limit<expression>), x) * erf(softplus(x));
}
/// What counts next to a root of a slope is an absolute error.
template <const constant& C> auto exp_and_expm1(const expression& a) {
  const expression e = C.hi * exp(a);
  return both{e, e - C.hi};
}
