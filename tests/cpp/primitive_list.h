#pragma once
namespace nonlin {

/// The functions of csrc/math/ that are tested on every kind of lane, by their names there.
enum class primitive {
  exp,
  exp_bounded,
  expm1,
  times_expm1,  // expm1 of two arguments
  exp_and_expm1,
  exp_and_expm1_bounded,
  exp_decay,
  nonpositive_argument,
  logistic_tail,
  logistic_tail_bounded,
  half_tanh,
  gaussian,
  normal_tail,
  normal_density,
  gelu_tail_slope,
  mills_ratio,
  gelu_tail_slope_ratio,
  saturating_ratio,
  full_range_quotient,
  quotient,
  corrected_quotient,
  product_quotient,
  difference,
  fast_difference,
  make_double_word,
  rounded,
  square,
  value,
  at,
  positive_part,
  magnitude,
  zero_like,
  clamp,
  if_positive,
  pick_positive,
  detached,
  copysign,
  signed_zero,
  reflect,
};

/// y[i] = p(x[i]); the size is a multiple of 16.
struct primitives {
  void (*bits_24)(primitive, const float* x, float* y, int size);
  void (*bits_8)(primitive, const float* x, float* y, int size);
  void (*bits_53)(primitive, const double* x, double* y, int size);
  /// At how many x the text for default parameters gives other bits than the general one; of all
  /// activations and all members of their jets.
  int (*differences_24)(const float* x, int size);
  int (*differences_8)(const float* x, int size);
  int (*differences_53)(const double* x, int size);
};
namespace scalar {
extern const primitives all_primitives;
}
namespace avx2 {
extern const primitives all_primitives;
}
namespace avx512 {
extern const primitives all_primitives;
}

}  // namespace nonlin
