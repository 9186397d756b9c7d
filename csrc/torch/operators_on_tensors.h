#pragma once
/// The operators of ATen that tensor_lane.h and activation.h use, for libraries of users: with
/// ATen's own header of a single operator a compiler reads twice as much. Inside namespace nonlin
/// `at::exp` is the one below; of all else `at::` is ATen.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full_like_ops.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

namespace nonlin {
namespace at {
using namespace ::at;

inline Tensor add(const Tensor& a, const Tensor& b) { return a.add(b); }
inline Tensor add(const Tensor& a, const c10::Scalar& b) { return a.add(b); }
inline Tensor sub(const Tensor& a, const Tensor& b) { return a.sub(b); }
inline Tensor mul(const Tensor& a, const Tensor& b) { return a.mul(b); }
inline Tensor mul(const Tensor& a, const c10::Scalar& b) { return a.mul(b); }
inline Tensor div(const Tensor& a, const Tensor& b) { return a.div(b); }
inline Tensor gt(const Tensor& a, const Tensor& b) { return a.gt(b); }
inline Tensor gt(const Tensor& a, const c10::Scalar& b) { return a.gt(b); }
inline Tensor lt(const Tensor& a, const c10::Scalar& b) { return a.lt(b); }
inline Tensor le(const Tensor& a, const Tensor& b) { return a.le(b); }
inline Tensor eq(const Tensor& a, const Tensor& b) { return a.eq(b); }
inline Tensor __and__(const Tensor& a, const Tensor& b) { return a.__and__(b); }
inline Tensor bitwise_not(const Tensor& a) { return a.bitwise_not(); }
inline Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b) {
  return a.where(condition, b);
}
inline Tensor neg(const Tensor& a) { return a.neg(); }
inline Tensor reciprocal(const Tensor& a) { return a.reciprocal(); }
inline Tensor eq(const Tensor& a, const c10::Scalar& b) { return a.eq(b); }
inline Tensor minimum(const Tensor& a, const Tensor& b) { return a.minimum(b); }
inline Tensor maximum(const Tensor& a, const Tensor& b) { return a.maximum(b); }
inline Tensor relu(const Tensor& a) { return a.relu(); }
inline Tensor abs(const Tensor& a) { return a.abs(); }
inline Tensor signbit(const Tensor& a) { return a.signbit(); }
inline Tensor sqrt(const Tensor& a) { return a.sqrt(); }
inline Tensor exp(const Tensor& a) { return a.exp(); }
inline Tensor expm1(const Tensor& a) { return a.expm1(); }
inline Tensor log(const Tensor& a) { return a.log(); }
inline Tensor log1p(const Tensor& a) { return a.log1p(); }
inline Tensor sin(const Tensor& a) { return a.sin(); }
inline Tensor cos(const Tensor& a) { return a.cos(); }
inline Tensor erf(const Tensor& a) { return a.erf(); }
inline Tensor erfc(const Tensor& a) { return a.erfc(); }

inline Tensor full_like(const Tensor& other, const c10::Scalar& value) {
  return _ops::full_like::call(other, value, {}, {}, {}, {}, {});
}
}  // namespace at

using ::at::Tensor;
}  // namespace nonlin
