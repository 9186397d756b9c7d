#include "check.h"

#include <cmath>

namespace nonlin {
namespace {

/// The name that Python prints after "torch.".
std::string dtype_name(at::ScalarType type) { return std::string(c10::getDtypeNames(type).first); }

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Caller& caller) {
  return stream << caller.name << caller.suffix;
}

bool is_true(const c10::SymBool& condition) { return condition.expect_true(__FILE__, __LINE__); }

bool equal(c10::SymIntArrayRef a, c10::SymIntArrayRef b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& m, const auto& n) { return is_true(m.sym_eq(n)); });
}

void check_defined(const Caller& caller, const char* argument, const Tensor& t) {
  TORCH_CHECK_TYPE(t.defined(), caller, ": `", argument, "` must be a tensor, got None");
}

dtype type_of(const Caller& caller, const char* argument, const Tensor& t) {
  check_defined(caller, argument, t);
  const auto type = kernel_type(t.scalar_type());
  TORCH_CHECK_NOT_IMPLEMENTED(type, caller, ": `", argument,
                              "` must have dtype float64, float32, float16 or bfloat16, got ",
                              dtype_name(t.scalar_type()));
  return *type;
}

double check_parameter(const Caller& caller, const char* argument, const c10::Scalar& number,
                       const Tensor& self) {
  TORCH_CHECK_TYPE(!number.isBoolean() && !number.isComplex(), caller, ": `", argument,
                   "` must be a real number, got ",
                   number.isComplex() ? "a complex one" : "a bool");
  const double value = number.toDouble();
  const bool is_double = self.scalar_type() == at::kDouble;
  const bool finite = std::isfinite(is_double ? value : static_cast<float>(value));
  TORCH_CHECK_VALUE(finite, caller, ": `", argument, "` must be finite in ",
                    is_double ? "float64" : "float32", ", got ", value);
  return value;
}

void check_options(const Caller& caller, const char* argument, const Tensor& t, const Tensor& self,
                   const char* like) {
  check_defined(caller, argument, t);
  TORCH_CHECK(t.scalar_type() == self.scalar_type(), caller, ": `", argument, "` must have dtype ",
              dtype_name(self.scalar_type()), " like `", like, "`, got ",
              dtype_name(t.scalar_type()));
  TORCH_CHECK(t.device() == self.device(), caller, ": `", argument, "` must be on ", self.device(),
              " like `", like, "`, got ", t.device());
}

void check_like(const Caller& caller, const char* argument, const Tensor& t, const Tensor& self,
                const char* like) {
  check_options(caller, argument, t, self, like);
  TORCH_CHECK(equal(t.sym_sizes(), self.sym_sizes()), caller, ": `", argument,
              "` must have the shape of `", like, "`, ", self.sym_sizes(), ", got ", t.sym_sizes());
}

void check_kind(const Caller& caller, const char* argument, const Tensor& t, const Tensor& self,
                const char* like) {
  if (!t.defined() || !self.defined()) return;
  if (!self.is_nested()) {
    TORCH_CHECK_TYPE(!t.is_nested(), caller, ": `", argument, "` must be a dense tensor like `",
                     like, "`, got a nested one");
  } else {
    TORCH_CHECK_TYPE(t.is_nested() && t.layout() == self.layout(), caller, ": `", argument,
                     "` must be a nested tensor, ",
                     self.layout() == c10::kJagged ? "jagged" : "strided", " like `", like, "`");
  }
}

std::int64_t check_dim(const Caller& caller, std::int64_t dim, std::int64_t rank) {
  TORCH_CHECK_INDEX(-rank <= dim && dim < rank, caller, ": `dim` must be between ", -rank, " and ",
                    rank - 1, " for `self` with ", rank, " dimensions, got ", dim);
  return dim < 0 ? dim + rank : dim;
}

std::int64_t check_weight(const Caller& caller, const char* name, const Tensor& weight,
                          const Tensor& self, std::int64_t dim) {
  check_options(caller, name, weight, self);
  TORCH_CHECK(weight.dim() <= 1, caller, ": `", name, "` must have at most one dimension, got ",
              weight.dim(), " with sizes ", weight.sym_sizes());
  if (weight.sym_numel() == 1) return 0;
  TORCH_CHECK(self.dim() > 0, caller, ": `", name,
              "` must have one entry for a `self` without dimensions, got ", weight.sym_numel());
  dim = check_dim(caller, dim, self.dim());
  TORCH_CHECK(is_true(weight.sym_numel().sym_eq(self.sym_size(dim))), caller, ": `", name,
              "` must have one entry, or ", self.sym_size(dim), ", the size of dimension ", dim,
              " of `self`, got ", weight.sym_numel());
  return dim;
}

void check_writable(const Caller& caller, const char* argument, const Tensor& t) {
  bool overlaps = false;
  if (t.unsafeGetTensorImpl()->has_symbolic_sizes_strides()) {
    for (std::int64_t d = 0; d < t.dim(); ++d) {
      overlaps = overlaps || (TORCH_GUARD_OR_FALSE(t.sym_stride(d).sym_eq(0)) &&
                              TORCH_GUARD_OR_FALSE(t.sym_size(d).sym_gt(1)));
    }
  } else {
    overlaps = inner_overlap_of(t) == Overlap::some;
  }
  TORCH_CHECK(!overlaps, caller, ": `", argument,
              "` must not overlap itself, as an expanded tensor does; clone it first");
}

Tensor read_beside(const Caller& caller, const char* target, const Tensor& written,
                   const char* argument, const Tensor& t) {
  const auto overlap = overlap_of(written, t);
  TORCH_CHECK(overlap != Overlap::some, caller, ": `", target, "` must be `", argument,
              "` itself or share no memory with it, got a partial overlap");
  return overlap == Overlap::undecided ? t.clone() : t;
}

Overlap check_apart(const Caller& caller, const char* target, const Tensor& written,
                    const char* argument, const Tensor& t) {
  const auto overlap = overlap_of(written, t);
  TORCH_CHECK(overlap != Overlap::some && overlap != Overlap::same, caller, ": `", target,
              "` must share no memory with `", argument, "`, which is read; clone one of them");
  return overlap;
}

Tensor read_apart(const Caller& caller, const char* target, const Tensor& written,
                  const char* argument, const Tensor& t) {
  const auto overlap = check_apart(caller, target, written, argument, t);
  return overlap == Overlap::undecided ? t.clone() : t;
}

}  // namespace nonlin
