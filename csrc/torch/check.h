#pragma once
/// Arguments are checked here, once for all operators and devices, before anything is allocated or
/// written. A message names the operator, the argument, what is allowed and what was given.
#include <ATen/core/Tensor.h>

#include <optional>

#include "../descriptor.h"
#include "overlap.h"

namespace nonlin {

using at::Tensor;

/// The operator as messages name it: its activation and, say, "_backward".
struct Caller {
  const std::string& name;
  const char* suffix = "";
};
std::ostream& operator<<(std::ostream&, const Caller&);

/// The type by the name of the kernels, if there are any for it.
inline std::optional<dtype> kernel_type(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return dtype::float64;
    case at::kFloat:
      return dtype::float32;
    case at::kHalf:
      return dtype::float16;
    case at::kBFloat16:
      return dtype::bfloat16;
    default:
      return {};
  }
}

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

/// `t` is dense where `self`, or what is called `like`, is, nested where it is, and laid out alike
/// then.
void check_kind(const Caller&, const char* argument, const Tensor& t, const Tensor& self,
                const char* like = "self");

/// `dim` counted from 0, for a tensor with `rank` dimensions.
std::int64_t check_dim(const Caller&, std::int64_t dim, std::int64_t rank);

/// `weight` has one entry, or one for each entry of `dim`. Returns `dim` from 0, or 0 if it plays
/// no role.
std::int64_t check_weight(const Caller&, const char* argument, const Tensor& weight,
                          const Tensor& self, std::int64_t dim);

/// `t` can be written: no element of it is two elements.
void check_writable(const Caller&, const char* argument, const Tensor& t);

/// `t`, called `argument`, as it can be read while `written`, called `target`, is written element
/// by element: they are one tensor, or share no memory. Where that cannot be told, a copy of `t`.
Tensor read_beside(const Caller&, const char* target, const Tensor& written, const char* argument,
                   const Tensor& t);

/// `written`, called `target`, and `t`, called `argument`, share no memory as far as can be told.
/// Returns what is known of them.
Overlap check_apart(const Caller&, const char* target, const Tensor& written, const char* argument,
                    const Tensor& t);

/// The same, and `t` as it can be read while `written` is written: a copy where that cannot be
/// told.
Tensor read_apart(const Caller&, const char* target, const Tensor& written, const char* argument,
                  const Tensor& t);

}  // namespace nonlin
