#pragma once
// Written by tools/api.
// clang-format off
/// Activations that tend to a constant or a line on both sides.
#include "call.h"

namespace nonlin {

/// Softsign(x) = x/(1 + |x|). Bergstra, Desjardins, Lamblin and Bengio 2009, Université de
/// Montréal, technical report 1337.
inline at::Tensor softsign(const at::Tensor& self) { return detail::call<"softsign">(self); }
inline at::Tensor& softsign_(at::Tensor& self) { return detail::call_<"softsign">(self); }
inline at::Tensor& softsign_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"softsign">(out, self);
}

}  // namespace nonlin
