#include "check.h"

#include <ATen/MemoryOverlap.h>

#include <cmath>

namespace nonlin {
namespace {

/// Python's None arrives as an undefined tensor.
void check_defined(const Caller& caller, const char* argument, const Tensor& t) {
  TORCH_CHECK_TYPE(t.defined(), caller, ": `", argument, "` must be a tensor, got None");
}

/// The name that Python prints after "torch.".
std::string dtype_name(at::ScalarType type) { return std::string(c10::getDtypeNames(type).first); }

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Caller& caller) {
  return stream << caller.op.name << caller.suffix;
}

dtype type_of(const Caller& caller, const char* argument, const Tensor& t) {
  check_defined(caller, argument, t);
  switch (t.scalar_type()) {
    case at::kDouble:
      return dtype::float64;
    case at::kFloat:
      return dtype::float32;
    case at::kHalf:
      return dtype::float16;
    case at::kBFloat16:
      return dtype::bfloat16;
    default:
      TORCH_CHECK_NOT_IMPLEMENTED(false, caller, ": `", argument,
                                  "` must have dtype float64, float32, float16 or bfloat16, got ",
                                  dtype_name(t.scalar_type()));
  }
}

void check_parameters(const Caller& caller, const Parameters& parameters, const Tensor& self) {
  const bool is_double = self.scalar_type() == at::kDouble;
  for (int i = 0; i < caller.op.parameter_count(); ++i) {
    const double value = parameters[i];
    const bool finite = std::isfinite(is_double ? value : static_cast<float>(value));
    TORCH_CHECK_VALUE(finite, caller, ": `", caller.op.parameter(i).name, "` must be finite in ",
                      is_double ? "float64" : "float32", ", got ", value);
  }
}

void check_like_self(const Caller& caller, const char* argument, const Tensor& t,
                     const Tensor& self) {
  check_defined(caller, argument, t);
  TORCH_CHECK(t.scalar_type() == self.scalar_type(), caller, ": `", argument, "` must have dtype ",
              dtype_name(self.scalar_type()), " like `self`, got ", dtype_name(t.scalar_type()));
  TORCH_CHECK(t.device() == self.device(), caller, ": `", argument, "` must be on ", self.device(),
              " like `self`, got ", t.device());
  TORCH_CHECK(t.sym_sizes().equals(self.sym_sizes()), caller, ": `", argument,
              "` must have the shape of `self`, ", self.sym_sizes(), ", got ", t.sym_sizes());
}

void check_in_place(const Caller& caller, const Tensor& self) {
  TORCH_CHECK(at::has_internal_overlap(self) != at::MemOverlap::Yes, caller,
              ": `self` must not overlap itself, as an expanded tensor does; clone it first");
}

void check_out(const Caller& caller, const Tensor& out, const Tensor& self) {
  check_defined(caller, "out", out);
  TORCH_CHECK(out.scalar_type() == self.scalar_type(), caller, ": `out` must have dtype ",
              dtype_name(self.scalar_type()), " like `self`, got ", dtype_name(out.scalar_type()));
  TORCH_CHECK(out.device() == self.device(), caller, ": `out` must be on ", self.device(),
              " like `self`, got ", out.device());
}

void check_overlap(const Caller& caller, const Tensor& out, const Tensor& self) {
  TORCH_CHECK(at::has_internal_overlap(out) != at::MemOverlap::Yes, caller,
              ": `out` must not overlap itself, as an expanded tensor does; clone it first");
  const auto status = at::get_overlap_status(out, self);
  TORCH_CHECK(status != at::MemOverlapStatus::Partial, caller,
              ": `out` must be `self` itself or share no memory with it, got a partial overlap");
}

}  // namespace nonlin
