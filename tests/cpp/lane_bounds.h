#pragma once
/// How far the CUDA lanes may be off, as docs/cuda.md says: f, f′ and f″ in units of the last
/// place. Included after reals.h and ulp.h, in the namespace of the lanes.

/// Where f′ or f″ passes through zero.
template <class F> std::vector<real> zeros(const F& f, int member) {
  const auto y = [&](real x) { return exactly(f, x).of[member]; };
  std::vector<real> found;
  for (real low = -9.99L; low < 10; low += .01L) {
    if (y(low) * y(low + .01L) >= 0) continue;
    real a = low, b = low + .01L;
    for (int i = 0; i < 60; ++i) (y((a + b) / 2) * y(a) > 0 ? a : b) = (a + b) / 2;
    if (fabsl(a) > 1e-9L) found.push_back(a);  // at zero itself elu″ jumps
  }
  return found;
}

/// The absolute error that a curvature may have besides, next to its roots.
struct forgiveness {
  std::vector<real> roots;
  real most = 0;

  template <class F> explicit forgiveness(const F& f) : roots(zeros(f, 2)) {
    for (real x = -10; x < 10; x += .01L) most = std::max(most, fabsl(exactly(f, x).of[2]));
  }
  real at(real x) const {
    const auto near = [&](real r) { return fabsl(x - r) < fabsl(r) / 8; };
    return std::any_of(roots.begin(), roots.end(), near) ? 4 * most * 0x1p-23L : 0;
  }
};

using bounds = std::array<real, 3>;

template <class T, class F> bounds bounds_of(const F&) {
  const bool is_serf = std::is_same_v<F, Serf>, is_softplus = std::is_same_v<F, Softplus>;
  if constexpr (std::is_same_v<T, float>) return {2, 4, is_serf ? 10.L : 8.L};  // as on CPUs
  if constexpr (std::is_same_v<T, bfloat16>) return {.502L, .502L, .502L};
  // Its logarithm of 11 bits is right to 2⁻¹⁸, which shows where β is 30.
  return {is_softplus ? .503L : .502L, .502L, .503L};
}
