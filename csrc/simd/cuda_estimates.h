#pragma once

/// Functions of the CUDA lanes for 16-bit types, by the special-function unit, which errs by 2⁻²².

/// 8 bits: the special-function unit gives e^(a/2), and its square reaches past the subnormals.
NONLIN_INLINE auto exp(cuda<8> a) {
  const cuda<8> root = exp2_estimate(a * .721347520f);
  return scaled{root, cuda<8>::exponent{1, root.v}};
}
/// 11 bits: half precision, even times two gradients, does not reach beyond the range of float.
NONLIN_INLINE cuda<11> exp(cuda<11> a) { return exp2_estimate(a * 1.44269504f); }
NONLIN_INLINE cuda<11> exp(pair<cuda<11>> a) { return exp(a.hi); }

/// w·z/(1 + z), z = e⁻ᵃ.
NONLIN_INLINE auto logistic_tail(cuda<8> w, cuda<8> a) {
  const auto z = exp(-a);
  return w * z / fma(z.m, z.m, 1);
}
NONLIN_INLINE auto short_logistic_tail(cuda<8> w, cuda<8> a) { return logistic_tail(w, a); }

/// w·(e^a − 1), next to zero by a polynomial; e^a is squared last, as w may be small.
template <int Bits>
NONLIN_INLINE cuda<Bits> expm1(cuda<Bits> w, cuda<Bits> a) requires(Bits <= 11) {
  const cuda<Bits> near = a * at(expm1_11(), a), root = exp2_estimate(a * .721347520f);
  return if_greater(.25f, abs(a), w * near, fma(w * root, root, -w));
}
template <int Bits> NONLIN_INLINE cuda<Bits> expm1(cuda<Bits> a) requires(Bits <= 11) {
  return expm1(cuda<Bits>(1), a);
}
NONLIN_INLINE cuda<11> expm1(pair<cuda<11>> a) { return expm1(a.hi); }

/// w·Φ(−t) by the logarithm of the tail.
template <int Bits>
NONLIN_INLINE auto normal_tail(cuda<Bits> w, cuda<Bits> t) requires(Bits <= 11) {
  if constexpr (Bits > 8) {
    return w * exp2_estimate(at(log_tail_11(), t));
  } else {
    const cuda<8> root = exp2_estimate(at(log_tail_8(), t));
    return scaled{w * root, cuda<8>::exponent{1, root.v}};
  }
}
/// The bend of csrc/normal.h times w·e^(−t²/2), by its logarithm.
template <int Bits> NONLIN_INLINE auto belled_bend(cuda<Bits> w, cuda<Bits> t) {
  if constexpr (Bits > 8) {
    return w * exp2_estimate(at(log_bend_11(), t));
  } else {
    const cuda<8> root = exp2_estimate(at(log_bend_8(), t));
    return scaled{w * root, cuda<8>::exponent{1, root.v}};
  }
}
