#pragma once
/// A lane that is a whole tensor: the formulas' text, evaluated with ATen operators. It serves
/// derivatives beyond the second, which autograd takes further from here.
///
/// Every operation rounds. In the tails, where exponents are rounded numbers
/// and Φ is an erfc, that makes up to 512 units in the last place in float32 and 2048 in float64;
/// a result below the normal numbers may lose 2⁻⁶ of the smallest of them. Next to a root an error
/// of 4 epsilons of the largest value remains, 16 for f‴ between its outermost roots. At infinity
/// are the limits that kernels give; for a function of x and a weight β, unless β is 0 or a power
/// of either overflows.
///
/// Evaluation is lazy, each result is computed once: what nobody asks a jet for costs nothing, as
/// in compiled lanes.
///
/// There are two: `tensor`, of which derivatives are taken, and `expression`, for compilers, which
/// has its own text where ATen's function is slow in code that Inductor generates: signbit (a loop
/// over single numbers), erfc and expm1, or its error is not small beside a small result: erf.
/// There −0 is on the right of 0 for what asks the sign bit.

/// What formulas name a hyper-parameter, in this lane: a constant, or a tensor without dimensions,
/// which may be of a number that a compiler has not read.
struct parameter {
  double wide;
  Tensor number;
  parameter(double value) : wide(value) {}
  explicit parameter(Tensor value) : wide(NAN), number(std::move(value)) {}
};

#include "csrc/family/gated.h"
#include "csrc/family/groupwise.h"
#include "csrc/family/parametric.h"
#include "csrc/family/pointwise.h"
#include "csrc/math/dual.h"
#include "csrc/math/textbook.h"
#include "csrc/tables/erf.h"
#include "csrc/tables/survival.h"

/// A condition on each element, by operators that Inductor computes again sooner than it saves
/// them.
struct condition {
  at::Tensor where;
  friend condition operator&&(const condition& a, const condition& b) {
    return {at::__and__(a.where, b.where)};
  }
  friend condition operator!(const condition& a) { return {at::bitwise_not(a.where)}; }
};

template <bool Differentiable> class tensor_lane {
  using tensor = tensor_lane;

 public:
  static constexpr lane_traits traits = textbook_traits<53>;
  static constexpr int bits = 53, size = 1;

  explicit tensor_lane(at::Tensor value) : node_(std::make_shared<node>()) {
    node_->result = std::move(value);
  }
  template <class C>
  requires std::is_arithmetic_v<C> tensor_lane(C value) : constant_(static_cast<double>(value)) {}
  tensor_lane(const parameter& value) : constant_(value.wide) {
    if (value.number.defined()) *this = tensor(value.number);
  }

  /// Constants are.
  bool is_double() const { return !node_ || get().scalar_type() == at::kDouble; }
  bool is_nonzero_constant() const { return !node_ && constant_ != 0; }
  bool is_constant_above(double least) const { return !node_ && constant_ > least; }
  /// The same result, not merely an equal one.
  bool is(const tensor_lane& other) const { return node_ && node_ == other.node_; }
  /// A constant becomes a tensor like `other`.
  at::Tensor evaluate(const at::Tensor& other) const {
    return node_ ? get() : at::full_like(other, constant_beside(other));
  }

  friend tensor operator+(const tensor& a, const tensor& b) {
    if (!a.node_) return b.node_ ? b + a : tensor(a.constant_ + b.constant_);
    return lazy(
        [a, b] { return b.node_ ? at::add(a.get(), b.get()) : at::add(a.get(), b.constant_); });
  }
  friend tensor operator-(const tensor& a, const tensor& b) {
    if (!a.node_ || !b.node_) return a + -b;
    return lazy([a, b] { return at::sub(a.get(), b.get()); });
  }
  friend tensor operator*(const tensor& a, const tensor& b) {
    if (!a.node_) return b.node_ ? b * a : tensor(a.constant_ * b.constant_);
    if (!b.node_ && b.constant_ == 1) return a;
    return lazy(
        [a, b] { return b.node_ ? at::mul(a.get(), b.get()) : at::mul(a.get(), b.constant_); });
  }
  friend tensor operator/(const tensor& a, const tensor& b) {
    if (!b.node_) return a.node_ ? a * tensor(1 / b.constant_) : tensor(a.constant_ / b.constant_);
    if (!a.node_) return a * lazy([b] { return at::reciprocal(b.get()); });
    return lazy([a, b] { return at::div(a.get(), b.get()); });
  }
  friend tensor operator-(const tensor& a) {
    return a.node_ ? lazy([a] { return at::neg(a.get()); }) : tensor(-a.constant_);
  }
  friend tensor detached(const tensor& a) {
    return a.node_ ? lazy([a] { return a.get().detach(); }) : a;
  }
  friend tensor exp(const tensor& a) {
    return a.node_ ? lazy([a] { return at::exp(a.get()); }) : tensor(std::exp(a.constant_));
  }
  friend tensor expm1(const tensor& a) {
    if (!Differentiable && a.node_ && !a.is_double()) {
      const tensor series = a + a * a * at(expm1_24(), a);
      return if_greater(.3466, abs(a), series, exp(a) - 1);
    }
    return a.node_ ? lazy([a] { return at::expm1(a.get()); }) : tensor(std::expm1(a.constant_));
  }
  friend tensor log(const tensor& a) {
    return a.node_ ? lazy([a] { return at::log(a.get()); }) : tensor(std::log(a.constant_));
  }
  friend tensor log1p(const tensor& a) {
    return a.node_ ? lazy([a] { return at::log1p(a.get()); }) : tensor(std::log1p(a.constant_));
  }
  friend tensor sqrt(const tensor& a) {
    return a.node_ ? lazy([a] { return at::sqrt(a.get()); }) : tensor(std::sqrt(a.constant_));
  }
  friend tensor erf(const tensor& a) {
    if (!Differentiable && !a.is_double()) {  // Inductor's errs by 10⁻⁷, at 0 too
      const tensor t = abs(a), end = min(tensor(14), 1.4142135623730950488 * t);
      const tensor far = 1 - 2 * normal_survival(end);
      const tensor near = a * at(erf_24(), min(tensor(1), a * a));
      return if_greater(t, 1, if_negative(a, -far, far), near);
    }
    return a.node_ ? lazy([a] { return at::erf(a.get()); }) : tensor(std::erf(a.constant_));
  }
  friend tensor sin(const tensor& a) {
    return a.node_ ? lazy([a] { return at::sin(a.get()); }) : tensor(std::sin(a.constant_));
  }
  friend tensor cos(const tensor& a) {
    return a.node_ ? lazy([a] { return at::cos(a.get()); }) : tensor(std::cos(a.constant_));
  }
  /// Φ(−t)
  friend tensor normal_survival(const tensor& a) {
    if (!Differentiable && a.node_ && !a.is_double()) {
      return exp(-.5 * a * a) * (at(survival_24(), a) / at(survival_denominator_24(), a));
    }
    const tensor t = a * tensor(.70710678118654752440);
    return tensor(.5) *
           (a.node_ ? lazy([t] { return at::erfc(t.get()); }) : tensor(std::erfc(t.constant_)));
  }
  friend condition operator<=(const tensor& a, const tensor& b) {
    return {at::le(a.get(), b.get())};
  }
  friend condition operator==(const tensor& a, const tensor& b) {
    return {at::eq(a.get(), b.get())};
  }
  friend tensor if_negative(const tensor& x, const tensor& a, const tensor& b) {
    if (!x.node_) return std::signbit(x.constant_) ? a : b;
    return lazy([x, a, b] {
      return select(Differentiable ? at::signbit(x.get()) : at::lt(x.get(), 0), a, b, x.get());
    });
  }
  friend tensor abs(const tensor& x) requires(!Differentiable) {
    return x.node_ ? lazy([x] { return at::abs(x.get()); }) : tensor(std::abs(x.constant_));
  }
  /// A choice that no NaN takes part in costs more than these, for which there are instructions;
  /// of equals the second is taken.
  friend tensor min(const tensor& a, const tensor& b) requires(!Differentiable) {
    if (!a.node_ && !b.node_) return tensor(b.constant_ > a.constant_ ? a : b);
    if (!a.node_ && a.constant_ == INFINITY) return b;
    return extreme(a, b, [](const auto& m, const auto& n) { return at::minimum(m, n); });
  }
  friend tensor max(const tensor& a, const tensor& b) requires(!Differentiable) {
    if (!a.node_ && !b.node_) return tensor(a.constant_ > b.constant_ ? a : b);
    if (!a.node_ && a.constant_ == -INFINITY) return b;
    return extreme(a, b, [](const auto& m, const auto& n) { return at::maximum(m, n); });
  }
  friend tensor positive_part(const tensor& x) requires(!Differentiable) {
    if (!x.node_) return tensor(std::signbit(x.constant_) ? -0. : x.constant_);
    return lazy([x] { return at::relu(x.get()); });  // fewer instructions than a maximum
  }
  friend tensor if_nonzero(const tensor& x, const tensor& a) requires(!Differentiable) {
    if (!x.node_) return x.constant_ == 0 ? tensor(0) : a;
    return lazy([x, a] { return select(at::eq(x.get(), 0), tensor(0), a, x.get()); });
  }
  friend tensor if_greater(const tensor& a, const tensor& b, const tensor& x, const tensor& y) {
    if (!a.node_ && !b.node_) return a.constant_ > b.constant_ ? x : y;
    return lazy([a, b, x, y] {
      if (!a.node_) return select(at::lt(b.get(), a.constant_beside(b.get())), x, y, b.get());
      return select(
          b.node_ ? at::gt(a.get(), b.get()) : at::gt(a.get(), b.constant_beside(a.get())), x, y,
          a.get());
    });
  }

 private:
  struct node {
    std::function<at::Tensor()> compute;
    at::Tensor result;
  };
  std::shared_ptr<node> node_;  // null for a constant
  double constant_ = 0;

  static tensor lazy(std::function<at::Tensor()> compute) {
    tensor t(0);
    t.node_ = std::make_shared<node>();
    t.node_->compute = std::move(compute);
    return t;
  }
  /// The constant in the range of another's type, in which the largest double is not infinite.
  double constant_beside(const at::Tensor& other) const {
    const double most = other.scalar_type() == at::kDouble ? HUGE_VAL : 0x1.fffffep127;
    return std::isinf(constant_) ? constant_ : std::clamp(constant_, -most, most);
  }
  const at::Tensor& get() const {
    if (!node_->result.defined()) {
      node_->result = node_->compute();
      node_->compute = nullptr;
    }
    return node_->result;
  }
  template <class Of> static tensor extreme(const tensor& a, const tensor& b, const Of& of) {
    return lazy([a, b, of] {
      const at::Tensor& like = a.node_ ? a.get() : b.get();
      return of(a.evaluate(like), b.evaluate(like));
    });
  }
  static at::Tensor select(const at::Tensor& condition, const tensor& a, const tensor& b,
                           const at::Tensor& like) {
    return at::where(condition, a.evaluate(like), b.evaluate(like));
  }
};

using tensor = tensor_lane<true>;
using expression = tensor_lane<false>;
