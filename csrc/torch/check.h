#pragma once
/// Arguments are checked here, once for all operators and devices, before anything is allocated or
/// written. A message names the operator, the argument, what is allowed and what was given.
#include <ATen/core/Tensor.h>

#include "operator.h"

namespace nonlin {

/// The operator as messages name it: its activation and, say, "_backward".
struct Caller {
  const Operator& op;
  const char* suffix = "";
};
std::ostream& operator<<(std::ostream&, const Caller&);

/// The type of a supported floating-point tensor.
dtype type_of(const Caller&, const char* argument, const Tensor&);

/// Every hyper-parameter is finite in the type that computes.
void check_parameters(const Caller&, const Parameters&, const Tensor& self);

/// `t` has type, device and shape of `self`.
void check_like_self(const Caller&, const char* argument, const Tensor& t, const Tensor& self);

/// `self` can be written in place: no element of it is two elements.
void check_in_place(const Caller&, const Tensor& self);

/// `out` has type and device of `self`, and may be resized to it.
void check_out(const Caller&, const Tensor& out, const Tensor& self);

/// `out`, which has its size now, can be written while `self` is read: it is `self`, or is apart
/// from it.
void check_overlap(const Caller&, const Tensor& out, const Tensor& self);

}  // namespace nonlin
