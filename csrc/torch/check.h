#pragma once
/// Arguments are checked here, once for all operators and devices, before anything is allocated or
/// written. A message names the operator, the argument, what is allowed and what was given.
#include <ATen/core/Tensor.h>

#include "../descriptor.h"

namespace nonlin {

using at::Tensor;

/// The operator as messages name it: its activation and, say, "_backward".
struct Caller {
  const std::string& name;
  const char* suffix = "";
};
std::ostream& operator<<(std::ostream&, const Caller&);

/// The type of a supported floating-point tensor.
dtype type_of(const Caller&, const char* argument, const Tensor&);

/// A hyper-parameter's value: a real number, finite in the type that computes.
double check_parameter(const Caller&, const char* argument, const c10::Scalar&, const Tensor& self);

/// Whether it holds. Of sizes that depend on data it is asserted, to be checked when they are
/// known.
bool is_true(const c10::SymBool&);
bool equal(c10::SymIntArrayRef, c10::SymIntArrayRef);

/// `t` is a tensor, not Python's None.
void check_defined(const Caller&, const char* argument, const Tensor& t);

/// `t` has type and device of `self`, or of what is called `like`.
void check_options(const Caller&, const char* argument, const Tensor& t, const Tensor& self,
                   const char* like = "self");

/// The same, and its shape.
void check_like(const Caller&, const char* argument, const Tensor& t, const Tensor& self,
                const char* like = "self");

/// `dim` counted from 0, for a tensor with `rank` dimensions.
std::int64_t check_dim(const Caller&, std::int64_t dim, std::int64_t rank);

/// `t` can be written: no element of it is two elements.
void check_writable(const Caller&, const char* argument, const Tensor& t);

/// `self` as it can be read while `out`, which has its size now, is written: `out` is `self`, or is
/// apart from it. Where that cannot be told, a copy of `self`.
Tensor read_beside_out(const Caller&, const Tensor& out, const Tensor& self);

/// `t`, called `argument`, as it can be read while `written`, called `target`, is written: they
/// share no memory. Where that cannot be told, a copy of `t`.
Tensor read_apart(const Caller&, const char* target, const Tensor& written, const char* argument,
                  const Tensor& t);

}  // namespace nonlin
