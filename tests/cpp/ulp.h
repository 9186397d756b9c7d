#pragma once
/// Errors in units of the last place, and those that the special-function unit may have. Included
/// after reals.h, in the namespace of the CUDA lanes.

/// Digits, the exponents of the last place of the least numbers and of the first place of the
/// largest.
template <class T> struct format { static constexpr int digits = 24, least = -149, largest = 127; };
template <> struct format<double> {
  static constexpr int digits = 53, least = -1074, largest = 1023;
};
template <> struct format<half> { static constexpr int digits = 11, least = -24, largest = 15; };
template <> struct format<bfloat16> {
  static constexpr int digits = 8, least = -133, largest = 127;
};

inline real number(double x) { return x; }
inline real number(float x) { return x; }
inline real number(half x) { return std::bit_cast<_Float16>(x.bits); }
inline real number(bfloat16 x) { return std::bit_cast<float>(std::uint32_t{x.bits} << 16); }

template <class T> real spacing(real y) {
  int exponent;
  frexpl(y, &exponent);
  return ldexpl(1, std::max(exponent - format<T>::digits, format<T>::least));
}
/// In units of the last place. Beyond the largest number everything is infinity.
template <class T> real error(T computed, real exact) {
  const real edge = ldexpl(2 - ldexpl(1, -format<T>::digits), format<T>::largest);
  if (std::isnan(number(computed))) return INFINITY;
  exact = std::clamp(exact, -edge, edge);
  return fabsl(std::clamp(number(computed), -edge, edge) - exact) / spacing<T>(exact);
}

/// The documented errors: 2 units for 2ˣ, 1 for 1/x.
constexpr struct {
  int exp2, reciprocal;
} perturbations[] = {{0, 0}, {2, 1}, {2, -1}, {-2, 1}, {-2, -1}};
