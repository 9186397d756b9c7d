#pragma once
// Written by tools/api.
// clang-format off
/// Activations with a parameter that is learned: a tensor of the type of `self`, with one value or
/// with one for each entry of the dimension `dim`.
#include "call.h"

namespace nonlin {

/// parametric_swish(x, β) = x·σ(βx). Ramachandran, Zoph, Le 2017, arXiv 1710.05941.
inline at::Tensor parametric_swish(const at::Tensor& self, const at::Tensor& beta,
    int64_t dim = 1) {
  return detail::call<"parametric_swish">(self, beta, dim);
}
inline at::Tensor& parametric_swish_(at::Tensor& self, const at::Tensor& beta, int64_t dim = 1) {
  return detail::call_<"parametric_swish">(self, beta, dim);
}
inline at::Tensor& parametric_swish_out(at::Tensor& out, const at::Tensor& self,
    const at::Tensor& beta, int64_t dim = 1) {
  return detail::call_out<"parametric_swish">(out, self, beta, dim);
}

/// PReLU(x) = x where x > 0, w·x elsewhere. He, Zhang, Ren and Sun 2015, arXiv 1502.01852.
inline at::Tensor prelu(const at::Tensor& self, const at::Tensor& weight, int64_t dim = 1) {
  return detail::call<"prelu">(self, weight, dim);
}
inline at::Tensor& prelu_(at::Tensor& self, const at::Tensor& weight, int64_t dim = 1) {
  return detail::call_<"prelu">(self, weight, dim);
}
inline at::Tensor& prelu_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& weight,
    int64_t dim = 1) {
  return detail::call_out<"prelu">(out, self, weight, dim);
}

}  // namespace nonlin
