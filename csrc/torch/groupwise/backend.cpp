/// The kernels of the devices: check, allocate, run. Outputs are laid out as their inputs are, on
/// every device and for Meta tensors too, so that compilers know their strides.
#include <ATen/native/Resize.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "../allocate.h"
#include "../check.h"
#include "../nested.h"
#include "kernel.h"

namespace nonlin::groupwise {
namespace {

using Run = void (*)(const Operators&, const Pass&);

/// A Meta tensor has no elements to compute.
void run_nothing(const Operators&, const Pass&) {}

void check_k(const Caller& caller, std::int64_t k) {
  TORCH_CHECK_VALUE(1 <= k && k <= max_group, caller, ": `k` must be between 1 and ", max_group,
                    ", got ", k);
}

/// Checks k and dim, and returns `dim` from 0.
std::int64_t check_groups(const Caller& caller, const char* argument, const Tensor& t,
                          std::int64_t k, std::int64_t dim) {
  check_k(caller, k);
  TORCH_CHECK(t.dim() > 0, caller, ": `", argument, "` must have at least one dimension, got none");
  dim = check_dim(caller, dim, t.dim());
  TORCH_CHECK_VALUE(is_true((t.sym_size(dim) % k).sym_eq(0)), caller, ": `k` must divide ",
                    t.sym_size(dim), ", the size of dimension ", dim, " of `", argument, "`, got ",
                    k);
  return dim;
}

void check_index(const Caller& caller, const Tensor& index, const Tensor& t) {
  check_defined(caller, "index", index);
  TORCH_CHECK(index.scalar_type() == at::kByte, caller, ": `index` must have dtype uint8, got ",
              c10::getDtypeNames(index.scalar_type()).first);
  TORCH_CHECK(index.device() == t.device(), caller, ": `index` must be on ", t.device(), ", got ",
              index.device());
}

void check_sizes(const Caller& caller, const char* argument, const Tensor& t,
                 c10::SymIntArrayRef sizes) {
  TORCH_CHECK(equal(t.sym_sizes(), sizes), caller, ": `", argument, "` must have sizes ", sizes,
              ", got ", t.sym_sizes());
}

/// The sizes of `t` with another number of entries along `dim`.
c10::SymDimVector resized(const Tensor& t, std::int64_t dim, const c10::SymInt& size) {
  c10::SymDimVector sizes(t.sym_sizes().begin(), t.sym_sizes().end());
  sizes[dim] = size;
  return sizes;
}

/// A dense tensor with those sizes, whose dimensions lie in memory in the order of `t`'s. The
/// stride of a single entry may be anything; where it equals another one, the entry lies inside. A
/// size that depends on data is taken for more than one.
Tensor laid_out_like(const Tensor& t, c10::SymIntArrayRef sizes, at::ScalarType type) {
  const auto options = t.options().dtype(type);
  const auto have = t.sym_sizes(), strides = t.sym_strides();
  const auto is_one = [&](std::size_t d) { return TORCH_GUARD_OR_FALSE(have[d].sym_eq(1)); };
  c10::SmallVector<std::size_t, 6> order;  // innermost first
  for (std::size_t d = have.size(); d-- > 0;) {
    if (!is_one(d) && TORCH_GUARD_OR_FALSE(strides[d].sym_eq(0))) {
      return at::empty_symint(sizes, options);
    }
    const auto inside = [&](std::size_t other) {
      return TORCH_GUARD_OR_FALSE(strides[d].sym_lt(strides[other])) ||
             (TORCH_GUARD_OR_FALSE(strides[d].sym_eq(strides[other])) && is_one(d) &&
              !is_one(other));
    };
    auto at = order.end();
    while (at != order.begin() && inside(*(at - 1))) --at;
    order.insert(at, d);
  }
  c10::SymDimVector dense(have.size(), 1);
  c10::SymInt stride = 1;
  for (const auto d : order) {
    dense[d] = stride;
    stride = stride * sizes[d].max(1);
  }
  return new_strided(sizes, dense, options);
}

}  // namespace

void check_value(const Operators& op, const Tensor& self, std::int64_t k, std::int64_t dim) {
  const Caller caller{op.name};
  type_of(caller, "self", self);
  if (!self.is_nested()) {
    check_groups(caller, "self", self, k, dim);
  } else {
    check_k(caller, k);
    check_nested(op.value, {self, k, dim});
  }
}

namespace {

template <Run run>
Tensor value(DispatchKeySet, const Operators& op, const Tensor& self, std::int64_t k,
             std::int64_t dim) {
  const Caller caller{op.name};
  const dtype type = type_of(caller, "self", self);
  dim = check_groups(caller, "self", self, k, dim);
  const auto sizes = resized(self, dim, self.sym_size(dim) / k);
  Tensor y = laid_out_like(self, sizes, self.scalar_type());
  run(op, {pass::value, type, self, y, {}, k, dim});
  return y;
}

template <Run run>
Tensor& out(DispatchKeySet, const Operators& op, const Tensor& self, std::int64_t k,
            std::int64_t dim, Tensor& out) {
  const Caller caller{op.name, ".out"};
  const dtype type = type_of(caller, "self", self);
  dim = check_groups(caller, "self", self, k, dim);
  check_options(caller, "out", out, self);
  const auto sizes = resized(self, dim, self.sym_size(dim) / k);
  if constexpr (run == run_nothing) {
    at::native::resize_output_symint(out, sizes);
  } else {
    check_writable(caller, "out", out);
    if (!equal(out.sym_sizes(), sizes)) {
      check_apart(caller, "out", out, "self", self);  // before anything is written
      at::native::resize_output_symint(out, sizes);
    }
    run(op, {pass::value, type, read_apart(caller, "out", out, "self", self), out, {}, k, dim});
  }
  return out;
}

template <Run run>
TensorPair with_index(DispatchKeySet, const Operators& op, const Tensor& self, std::int64_t k,
                      std::int64_t dim) {
  const Caller caller{op.name, "_with_index"};
  const dtype type = type_of(caller, "self", self);
  dim = check_groups(caller, "self", self, k, dim);
  const auto sizes = resized(self, dim, self.sym_size(dim) / k);
  Tensor y = laid_out_like(self, sizes, self.scalar_type()),
         index = laid_out_like(self, sizes, at::kByte);
  run(op, {pass::value, type, self, y, index, k, dim});
  return {std::move(y), std::move(index)};
}

template <Run run>
Tensor backward(DispatchKeySet, const Operators& op, const Tensor& grad_output, const Tensor& index,
                std::int64_t k, std::int64_t dim) {
  const Caller caller{op.name, "_backward"};
  const dtype type = type_of(caller, "grad_output", grad_output);
  check_k(caller, k);
  check_index(caller, index, grad_output);
  TORCH_CHECK(index.dim() > 0, caller, ": `index` must have at least one dimension, got none");
  dim = check_dim(caller, dim, index.dim());
  check_sizes(caller, "grad_output", grad_output, index.sym_sizes());
  const auto sizes = resized(index, dim, index.sym_size(dim) * k);
  Tensor grad_self = laid_out_like(index, sizes, grad_output.scalar_type());
  run(op, {pass::backward, type, grad_self, grad_output, index, k, dim});
  return grad_self;
}

template <Run run>
Tensor gather(DispatchKeySet, const Operators& op, const Tensor& input, const Tensor& index,
              std::int64_t k, std::int64_t dim) {
  const Caller caller{op.name, "_gather"};
  const dtype type = type_of(caller, "input", input);
  dim = check_groups(caller, "input", input, k, dim);
  check_index(caller, index, input);
  check_sizes(caller, "index", index, resized(input, dim, input.sym_size(dim) / k));
  Tensor y = at::empty_like(index, input.scalar_type());
  run(op, {pass::gather, type, input, y, index, k, dim});
  return y;
}

template <Run run> constexpr Kernels kernels() {
  return {value<run>, out<run>, with_index<run>, backward<run>, gather<run>};
}

}  // namespace

Kernels cpu_kernels() { return kernels<run_cpu>(); }
Kernels meta_kernels() { return kernels<run_nothing>(); }
Kernels cuda_kernels() { return kernels<run_cuda>(); }

}  // namespace nonlin::groupwise
