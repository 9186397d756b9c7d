#pragma once
/// Functions of csrc/math/ that the lane `expression` has texts of its own for, as compilers run
/// every branch and call a function for every exponential: fewer of both, and larger errors where
/// results are next to nothing.

/// x·σ(bx), given a `side` with the sign of b·x, t = |x| or a limit and u = |b|·t. Where it can be,
/// the limit stays out of the exponent, which would wait for it.
inline expression gated_by_logistic_of(const expression& side, const expression& x,
                                       const expression& b, const expression& t,
                                       const expression& u) {
  const expression z = exp(b.is_nonzero_constant() ? -(b * abs(x)) : -u);
  return if_negative(side, if_negative(x, -t, t) * z, x) / (1 + z);
}
inline expression gated_by_logistic(const expression& x, const expression&) {
  const expression z = exp(-abs(x));
  return max(expression(-exp_decay_limit<expression>), x) * if_negative(x, z, 1) / (1 + z);
}
/// Where e⁻ˣ overflows the result is 0 in place of a subnormal number.
inline expression logistic(const expression& x) { return 1 / (1 + exp(-x)); }
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
