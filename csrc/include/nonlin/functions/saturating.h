#pragma once
// Written by tools/api.
// clang-format off
/// Activations that tend to a constant or a line on each side.
#include "call.h"

namespace nonlin {

/// Hardsigmoid(x) = min(max(x/6 + ½, 0), 1). Courbariaux, Bengio and David 2015, arXiv 1511.00363.
inline at::Tensor hardsigmoid(const at::Tensor& self) { return detail::call<"hardsigmoid">(self); }
inline at::Tensor& hardsigmoid_(at::Tensor& self) { return detail::call_<"hardsigmoid">(self); }
inline at::Tensor& hardsigmoid_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"hardsigmoid">(out, self);
}

/// LogSigmoid(x) = −ln(1 + e⁻ˣ). Dugas, Bengio, Bélisle, Nadeau and Garcia 2000, NIPS 13.
inline at::Tensor logsigmoid(const at::Tensor& self) { return detail::call<"logsigmoid">(self); }
inline at::Tensor& logsigmoid_(at::Tensor& self) { return detail::call_<"logsigmoid">(self); }
inline at::Tensor& logsigmoid_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"logsigmoid">(out, self);
}

/// Sigmoid(x) = 1/(1 + e⁻ˣ). Rumelhart, Hinton and Williams 1986, Nature 323.
inline at::Tensor sigmoid(const at::Tensor& self) { return detail::call<"sigmoid">(self); }
inline at::Tensor& sigmoid_(at::Tensor& self) { return detail::call_<"sigmoid">(self); }
inline at::Tensor& sigmoid_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"sigmoid">(out, self);
}

/// Sign(x) = 1 where x > 0, −1 where x < 0, and ±0 stays. Rosenblatt 1958, Psychological Review 65.
inline at::Tensor sign(const at::Tensor& self) { return detail::call<"sign">(self); }
inline at::Tensor& sign_(at::Tensor& self) { return detail::call_<"sign">(self); }
inline at::Tensor& sign_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"sign">(out, self);
}

/// SignSTE(x) = sign(x), whose gradient passes unchanged where |x| ≤ 1, and not elsewhere.
/// Courbariaux, Hubara, Soudry, El-Yaniv and Bengio 2016, arXiv 1602.02830.
inline at::Tensor sign_ste(const at::Tensor& self) { return detail::call<"sign_ste">(self); }
inline at::Tensor& sign_ste_(at::Tensor& self) { return detail::call_<"sign_ste">(self); }
inline at::Tensor& sign_ste_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"sign_ste">(out, self);
}

/// Softplus(x) = ln(1 + exp(βx))/β, and x where βx > threshold. Dugas, Bengio, Bélisle, Nadeau and
/// Garcia 2000, NIPS 13.
inline at::Tensor softplus(const at::Tensor& self, double beta = 1, double threshold = 20) {
  return detail::call<"softplus">(self, beta, threshold);
}
inline at::Tensor& softplus_(at::Tensor& self, double beta = 1, double threshold = 20) {
  return detail::call_<"softplus">(self, beta, threshold);
}
inline at::Tensor& softplus_out(at::Tensor& out, const at::Tensor& self, double beta = 1,
    double threshold = 20) {
  return detail::call_out<"softplus">(out, self, beta, threshold);
}

/// Softsign(x) = x/(1 + |x|). Bergstra, Desjardins, Lamblin and Bengio 2009, Université de
/// Montréal, report 1337.
inline at::Tensor softsign(const at::Tensor& self) { return detail::call<"softsign">(self); }
inline at::Tensor& softsign_(at::Tensor& self) { return detail::call_<"softsign">(self); }
inline at::Tensor& softsign_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"softsign">(out, self);
}

/// Tanh(x) = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ). LeCun, Bottou, Orr and Müller 1998, Efficient BackProp.
inline at::Tensor tanh(const at::Tensor& self) { return detail::call<"tanh">(self); }
inline at::Tensor& tanh_(at::Tensor& self) { return detail::call_<"tanh">(self); }
inline at::Tensor& tanh_out(at::Tensor& out, const at::Tensor& self) {
  return detail::call_out<"tanh">(out, self);
}

}  // namespace nonlin
