#pragma once
namespace nonlin {

enum class primitive { exp, expm1, gaussian, normal_tail, normal_density, gelu_tail_slope };

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
