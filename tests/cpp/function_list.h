#pragma once
namespace nonlin {

/// The elementary functions of csrc/math/ that formulas are made of.
enum class function {
  log,
  log1p,
  log1p_of_exp,  // of e^(−|x|)
  logistic,
  gated_by_logistic,
  softplus,
  log_logistic,
  tanh,
  tanh_from_exp,  // of |x|
  minus_tanh,     // of |x|
  logistic_from_exp,
  logistic_as_slope,
  logistic_slope,  // of |x|
  softplus_double_word,
  scaled_softplus,  // with b = 1.5
  sech_squared,     // of |x|/2, as tanh_from_exp has its argument
  erf,
  erfc,
  tanh_near_zero,
  erf_near_zero,
  erf_beyond_one,
  times_erf_softplus,
  erf_softplus_slope,
  normal_tail_by,  // of gaussian(x), which is normal_tail
  sin,
  cos,
  sqrt,
  rsqrt,
};

/// y[i] = f(x[i]); the size is a multiple of 16. A lane of 11 bits stands for half precision.
struct functions {
  void (*bits_24)(function, const float* x, float* y, int size);
  void (*bits_11)(function, const float* x, float* y, int size);
  void (*bits_8)(function, const float* x, float* y, int size);
  void (*bits_53)(function, const double* x, double* y, int size);
  /// log x as hi + lo, unrounded.
  void (*log_24)(const float* x, float* hi, float* lo, int size);
  void (*log_53)(const double* x, double* hi, double* lo, int size);
};
namespace scalar {
extern const functions all_functions;
}
namespace avx2 {
extern const functions all_functions;
}
namespace avx512 {
extern const functions all_functions;
}
namespace cuda {
extern const functions all_functions;
/// By how many units the special-function unit of the CUDA lanes errs from now on.
void err_by(int exp2, int reciprocal);
}  // namespace cuda

}  // namespace nonlin
