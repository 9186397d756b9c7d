#pragma once
// Written by tools/api.
// clang-format off
/// Activations that shrink small numbers to 0.
#include "call.h"

namespace nonlin {

/// Hardshrink(x) = x where |x| > λ, 0 elsewhere. Donoho and Johnstone 1994, Biometrika 81.
inline at::Tensor hardshrink(const at::Tensor& self, double lambd = 0.5) {
  return detail::call<"hardshrink">(self, lambd);
}
inline at::Tensor& hardshrink_(at::Tensor& self, double lambd = 0.5) {
  return detail::call_<"hardshrink">(self, lambd);
}
inline at::Tensor& hardshrink_out(at::Tensor& out, const at::Tensor& self, double lambd = 0.5) {
  return detail::call_out<"hardshrink">(out, self, lambd);
}

/// Softshrink(x) = x − λ where x > λ, x + λ where x < −λ, 0 elsewhere. Donoho 1995, IEEE
/// Transactions on Information Theory 41.
inline at::Tensor softshrink(const at::Tensor& self, double lambd = 0.5) {
  return detail::call<"softshrink">(self, lambd);
}
inline at::Tensor& softshrink_(at::Tensor& self, double lambd = 0.5) {
  return detail::call_<"softshrink">(self, lambd);
}
inline at::Tensor& softshrink_out(at::Tensor& out, const at::Tensor& self, double lambd = 0.5) {
  return detail::call_out<"softshrink">(out, self, lambd);
}

/// Tanhshrink(x) = x − tanh(x). Collobert, Kavukcuoglu and Farabet 2011, Torch7, BigLearn.
inline at::Tensor tanhshrink(const at::Tensor& self) { return detail::call<"tanhshrink">(self); }
inline at::Tensor& tanhshrink_(at::Tensor& self) { return detail::call_<"tanhshrink">(self); }
inline at::Tensor& tanhshrink_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"tanhshrink">(out, self);
}

}  // namespace nonlin
