#pragma once
// Written by tools/api.
// clang-format off
/// Activations that are made of straight lines.
#include "call.h"

namespace nonlin {

/// Hardtanh(x) = min(max(x, min_val), max_val). Collobert 2004, Large Scale Machine Learning,
/// Université de Paris VI.
inline at::Tensor hardtanh(const at::Tensor& self, double min_val = -1, double max_val = 1) {
  return detail::call<"hardtanh">(self, min_val, max_val);
}
inline at::Tensor& hardtanh_(at::Tensor& self, double min_val = -1, double max_val = 1) {
  return detail::call_<"hardtanh">(self, min_val, max_val);
}
inline at::Tensor& hardtanh_out(at::Tensor& out, const at::Tensor& self, double min_val = -1,
    double max_val = 1) {
  return detail::call_out<"hardtanh">(out, self, min_val, max_val);
}

/// LeakyReLU(x) = x where x > 0, negative_slope·x elsewhere. Maas, Hannun and Ng 2013, ICML 30.
inline at::Tensor leaky_relu(const at::Tensor& self, double negative_slope = 0.01) {
  return detail::call<"leaky_relu">(self, negative_slope);
}
inline at::Tensor& leaky_relu_(at::Tensor& self, double negative_slope = 0.01) {
  return detail::call_<"leaky_relu">(self, negative_slope);
}
inline at::Tensor& leaky_relu_out(at::Tensor& out, const at::Tensor& self,
    double negative_slope = 0.01) {
  return detail::call_out<"leaky_relu">(out, self, negative_slope);
}

/// ReLU(x) = x where x > 0, 0 elsewhere. Nair and Hinton 2010, ICML 27.
inline at::Tensor relu(const at::Tensor& self) { return detail::call<"relu">(self); }
inline at::Tensor& relu_(at::Tensor& self) { return detail::call_<"relu">(self); }
inline at::Tensor& relu_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"relu">(out, self);
}

/// SquaredReLU(x) = max(x, 0)². So, Mańke, Liu, Dai, Shazeer and Le 2021, arXiv 2109.08668.
inline at::Tensor squared_relu(const at::Tensor& self) {
  return detail::call<"squared_relu">(self);
}
inline at::Tensor& squared_relu_(at::Tensor& self) { return detail::call_<"squared_relu">(self); }
inline at::Tensor& squared_relu_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"squared_relu">(out, self);
}

/// Threshold(x) = x where x > threshold, value elsewhere. Glorot, Bordes and Bengio 2011, AISTATS
/// 14.
inline at::Tensor threshold(const at::Tensor& self, double threshold = 0, double value = 0) {
  return detail::call<"threshold">(self, threshold, value);
}
inline at::Tensor& threshold_(at::Tensor& self, double threshold = 0, double value = 0) {
  return detail::call_<"threshold">(self, threshold, value);
}
inline at::Tensor& threshold_out(at::Tensor& out, const at::Tensor& self, double threshold = 0,
    double value = 0) {
  return detail::call_out<"threshold">(out, self, threshold, value);
}

}  // namespace nonlin
