#pragma once
// Written by tools/api.
// clang-format off
/// Activations that act on every element alone.
#include "call.h"

namespace nonlin {

/// GELU(x) = x·Φ(x), with Φ the distribution function of the normal distribution. Hendrycks and
/// Gimpel 2016, arXiv 1606.08415.
inline at::Tensor gelu(const at::Tensor& self) { return detail::call<"gelu">(self); }
inline at::Tensor& gelu_(at::Tensor& self) { return detail::call_<"gelu">(self); }
inline at::Tensor& gelu_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"gelu">(out, self);
}

/// gelu_tanh(x) = x/2·(1 + tanh(√(2/π)·(x + 0.044715 x³))) = x·σ(v),  v = x·(k₀ + k₁x²). Hendrycks,
/// Gimpel 2016, arXiv 1606.08415.
inline at::Tensor gelu_tanh(const at::Tensor& self) { return detail::call<"gelu_tanh">(self); }
inline at::Tensor& gelu_tanh_(at::Tensor& self) { return detail::call_<"gelu_tanh">(self); }
inline at::Tensor& gelu_tanh_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"gelu_tanh">(out, self);
}

/// Mish(x) = x·tanh(softplus(x)), with softplus(x) = ln(1 + eˣ). Misra 2019, arXiv 1908.08681.
inline at::Tensor mish(const at::Tensor& self) { return detail::call<"mish">(self); }
inline at::Tensor& mish_(at::Tensor& self) { return detail::call_<"mish">(self); }
inline at::Tensor& mish_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"mish">(out, self);
}

/// Swish(x) = x·σ(βx), with σ the logistic function. Ramachandran, Zoph and Le 2017, arXiv
/// 1710.05941.
inline at::Tensor swish(const at::Tensor& self, double beta = 1) {
  return detail::call<"swish">(self, beta);
}
inline at::Tensor& swish_(at::Tensor& self, double beta = 1) {
  return detail::call_<"swish">(self, beta);
}
inline at::Tensor& swish_out(at::Tensor& out, const at::Tensor& self, double beta = 1) {
  return detail::call_out<"swish">(out, self, beta);
}

}  // namespace nonlin
