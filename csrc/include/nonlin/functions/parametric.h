#pragma once
/// Activations with a parameter that is learned: a tensor of the type of `self`, with one value or
/// with one for each entry of the dimension `dim`.
#include "find.h"

namespace nonlin {

/// prelu(x, w) = x for x > 0, else w·x. He, Zhang, Ren, Sun 2015, arXiv 1502.01852.
inline at::Tensor prelu(const at::Tensor& self, const at::Tensor& weight, int64_t dim = 1) {
  static const auto op =
      detail::find<at::Tensor(const at::Tensor&, const at::Tensor&, int64_t)>("nonlin::prelu");
  return op.call(self, weight, dim);
}
inline at::Tensor& prelu_(at::Tensor& self, const at::Tensor& weight, int64_t dim = 1) {
  static const auto op =
      detail::find<at::Tensor&(at::Tensor&, const at::Tensor&, int64_t)>("nonlin::prelu_");
  return op.call(self, weight, dim);
}
inline at::Tensor& prelu_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& weight,
                             int64_t dim = 1) {
  static const auto op =
      detail::find<at::Tensor&(const at::Tensor&, const at::Tensor&, int64_t, at::Tensor&)>(
          "nonlin::prelu", "out");
  return op.call(self, weight, dim, out);
}

/// parametric_swish(x, β) = x·σ(βx), swish with a β that is learned.
inline at::Tensor parametric_swish(const at::Tensor& self, const at::Tensor& beta,
                                   int64_t dim = 1) {
  static const auto op = detail::find<at::Tensor(const at::Tensor&, const at::Tensor&, int64_t)>(
      "nonlin::parametric_swish");
  return op.call(self, beta, dim);
}
inline at::Tensor& parametric_swish_(at::Tensor& self, const at::Tensor& beta, int64_t dim = 1) {
  static const auto op = detail::find<at::Tensor&(at::Tensor&, const at::Tensor&, int64_t)>(
      "nonlin::parametric_swish_");
  return op.call(self, beta, dim);
}
inline at::Tensor& parametric_swish_out(at::Tensor& out, const at::Tensor& self,
                                        const at::Tensor& beta, int64_t dim = 1) {
  static const auto op =
      detail::find<at::Tensor&(const at::Tensor&, const at::Tensor&, int64_t, at::Tensor&)>(
          "nonlin::parametric_swish", "out");
  return op.call(self, beta, dim, out);
}

inline at::Tensor swish(const at::Tensor& self, const at::Tensor& beta, int64_t dim = 1) {
  return parametric_swish(self, beta, dim);
}
inline at::Tensor& swish_(at::Tensor& self, const at::Tensor& beta, int64_t dim = 1) {
  return parametric_swish_(self, beta, dim);
}
inline at::Tensor& swish_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& beta,
                             int64_t dim = 1) {
  return parametric_swish_out(out, self, beta, dim);
}

}  // namespace nonlin
