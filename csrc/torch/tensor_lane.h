#pragma once
/// A lane that is a whole tensor: the formulas' text, evaluated with ATen operators. It serves derivatives beyond the
/// second, which autograd takes further from here, so every operation must have the right derivative at zero too.
#include "../plain.h"

struct tensor {
  static constexpr bool plain = true;
  static constexpr int bits = 53;

  at::Tensor t;  // undefined for a constant
  double c = 0;

  explicit tensor(at::Tensor value) : t(std::move(value)) {}
  template <class C>
    requires std::is_arithmetic_v<C>
  tensor(C value) : c(static_cast<double>(value)) {}
  tensor(parameter value) : c(value.wide) {}

  bool constant_value() const { return !t.defined(); }
  /// A tensor also where this is a constant.
  at::Tensor like(const at::Tensor& other) const { return t.defined() ? t : at::full_like(other, c); }

  friend tensor operator+(const tensor& a, const tensor& b) {
    if (a.constant_value()) return b.constant_value() ? tensor(a.c + b.c) : tensor(at::add(b.t, a.c));
    return b.constant_value() ? tensor(at::add(a.t, b.c)) : tensor(at::add(a.t, b.t));
  }
  friend tensor operator-(const tensor& a, const tensor& b) {
    if (a.constant_value()) return b.constant_value() ? tensor(a.c - b.c) : tensor(at::rsub(b.t, a.c));
    return b.constant_value() ? tensor(at::sub(a.t, b.c)) : tensor(at::sub(a.t, b.t));
  }
  friend tensor operator*(const tensor& a, const tensor& b) {
    if (a.constant_value()) return b.constant_value() ? tensor(a.c * b.c) : tensor(at::mul(b.t, a.c));
    return b.constant_value() ? tensor(at::mul(a.t, b.c)) : tensor(at::mul(a.t, b.t));
  }
  friend tensor operator/(const tensor& a, const tensor& b) {
    if (b.constant_value()) return a.constant_value() ? tensor(a.c / b.c) : tensor(at::div(a.t, b.c));
    return a.constant_value() ? a.c * tensor(at::reciprocal(b.t)) : tensor(at::div(a.t, b.t));
  }
  friend tensor operator-(const tensor& a) {
    return a.constant_value() ? tensor(-a.c) : tensor(at::neg(a.t));
  }
  friend tensor exp(const tensor& a) {
    return a.constant_value() ? tensor(std::exp(a.c)) : tensor(at::exp(a.t));
  }
  friend tensor expm1(const tensor& a) {
    return a.constant_value() ? tensor(std::expm1(a.c)) : tensor(at::expm1(a.t));
  }
  /// Φ(−t)
  friend tensor normal_survival(const tensor& a) {
    constexpr double root_half = .70710678118654752440;
    return a.constant_value() ? tensor(.5 * std::erfc(a.c * root_half))
                              : tensor(at::mul(at::erfc(at::mul(a.t, root_half)), .5));
  }

  /// a where `condition`, else b. No gradient flows into what was not chosen.
  friend tensor select(const at::Tensor& condition, const tensor& a, const tensor& b) {
    if (!a.constant_value() && !b.constant_value()) return tensor(at::where(condition, a.t, b.t));
    if (!a.constant_value()) return tensor(at::where(condition, a.t, b.c));
    if (!b.constant_value()) return tensor(at::where(condition, a.c, b.t));
    return a.c == b.c ? a : tensor(at::where(condition, a.c, b.c));
  }
  friend tensor if_negative(const tensor& x, const tensor& a, const tensor& b) {
    if (x.constant_value()) return std::signbit(x.c) ? a : b;
    return select(at::signbit(x.t), a, b);
  }
  friend tensor if_greater(const tensor& a, const tensor& b, const tensor& x, const tensor& y) {
    if (a.constant_value()) {
      if (b.constant_value()) return a.c > b.c ? x : y;
      return select(at::lt(b.t, a.c), x, y);
    }
    return select(b.constant_value() ? at::gt(a.t, b.c) : at::gt(a.t, b.t), x, y);
  }
};
