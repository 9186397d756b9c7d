#pragma once
// Written by tools/api.
// clang-format off
/// Activations x·g(x), where g is a gate from 0 to 1, or from −1 to 1.
#include "call.h"

namespace nonlin {

/// Hardswish(x) = x·min(max(x + 3, 0), 6)/6. Howard, Sandler, Chu et al. 2019, arXiv 1905.02244.
inline at::Tensor hardswish(const at::Tensor& self) { return detail::call<"hardswish">(self); }
inline at::Tensor& hardswish_(at::Tensor& self) { return detail::call_<"hardswish">(self); }
inline at::Tensor& hardswish_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"hardswish">(out, self);
}

/// LiSHT(x) = x·tanh(x). Roy, Manna, Dubey and Chaudhuri 2019, arXiv 1901.05894.
inline at::Tensor lisht(const at::Tensor& self) { return detail::call<"lisht">(self); }
inline at::Tensor& lisht_(at::Tensor& self) { return detail::call_<"lisht">(self); }
inline at::Tensor& lisht_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"lisht">(out, self);
}

/// Serf(x) = x·erf(ln(1 + eˣ)). Nag and Bhattacharyya 2021, arXiv 2108.09598.
inline at::Tensor serf(const at::Tensor& self) { return detail::call<"serf">(self); }
inline at::Tensor& serf_(at::Tensor& self) { return detail::call_<"serf">(self); }
inline at::Tensor& serf_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"serf">(out, self);
}

}  // namespace nonlin
