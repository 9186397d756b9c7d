#pragma once
// Written by tools/api.
// clang-format off
/// Activations of roots and powers.
#include "call.h"

namespace nonlin {

/// Squareplus(x) = (x + √(x² + b))/2. Barron 2021, arXiv 2112.11687.
inline at::Tensor squareplus(const at::Tensor& self, double b = 4) {
  return detail::call<"squareplus">(self, b);
}
inline at::Tensor& squareplus_(at::Tensor& self, double b = 4) {
  return detail::call_<"squareplus">(self, b);
}
inline at::Tensor& squareplus_out(at::Tensor& out, const at::Tensor& self, double b = 4) {
  return detail::call_out<"squareplus">(out, self, b);
}

}  // namespace nonlin
