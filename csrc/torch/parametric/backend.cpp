/// The kernels of the devices: check, allocate, run. Outputs are laid out as empty_like lays them
/// out, on every device and for Meta tensors too, so that compilers know their strides.
#include <ATen/native/Resize.h>
#include <ATen/ops/zeros_like.h>

#include "../allocate.h"
#include "../check.h"
#include "kernel.h"

namespace nonlin::parametric {
namespace {

using Run = void (*)(const Operators&, const Pass&);

/// A Meta tensor has no elements to compute.
void run_nothing(const Operators&, const Pass&) {}

/// One value, or one for each entry of `dim`. Returns `dim` from 0, or 0 if it plays no role.
std::int64_t check_weight(const Caller& caller, const Operators& op, const Tensor& weight,
                          const Tensor& self, std::int64_t dim) {
  const char* name = op.activation.weight;
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

template <Run run>
Tensor value(DispatchKeySet, const Operators& op, const Tensor& self, const Tensor& weight,
             std::int64_t dim) {
  const Caller caller{op.name};
  const dtype type = type_of(caller, "self", self);
  dim = check_weight(caller, op, weight, self, dim);
  Tensor y = new_like(self);
  run(op, {pass::value, type, {self, {}, {}, y}, weight, {}, {}, dim});
  return y;
}

template <Run run>
Tensor& in_place(DispatchKeySet, const Operators& op, Tensor& self, const Tensor& weight,
                 std::int64_t dim) {
  const Caller caller{op.name, "_"};
  const dtype type = type_of(caller, "self", self);
  dim = check_weight(caller, op, weight, self, dim);
  if constexpr (run != run_nothing) {
    check_writable(caller, "self", self);
    const Tensor w = read_apart(caller, "self", self, op.activation.weight, weight);
    run(op, {pass::value, type, {self, {}, {}, self}, w, {}, {}, dim});
  }
  return self;
}

template <Run run>
Tensor& out(DispatchKeySet, const Operators& op, const Tensor& self, const Tensor& weight,
            std::int64_t dim, Tensor& out) {
  const Caller caller{op.name, ".out"};
  const dtype type = type_of(caller, "self", self);
  dim = check_weight(caller, op, weight, self, dim);
  check_options(caller, "out", out, self);
  if constexpr (run == run_nothing) {
    at::native::resize_output_symint(out, self.sym_sizes());
  } else {
    if (out.sizes() != self.sizes()) {
      check_apart(caller, "out", out, op.activation.weight, weight);  // before anything is written
      at::native::resize_output(out, self.sizes());
    }
    const Tensor x = read_beside_out(caller, out, self),
                 w = read_apart(caller, "out", out, op.activation.weight, weight);
    run(op, {pass::value, type, {x, {}, {}, out}, w, {}, {}, dim});
  }
  return out;
}

Tensor like(const Tensor& t, bool wanted) { return wanted ? new_like(t) : Tensor(); }

template <Run run>
TensorPair backward(DispatchKeySet, const Operators& op, const Tensor& grad_output,
                    const Tensor& self, const Tensor& weight, std::int64_t dim, Mask2 mask) {
  const Caller caller{op.name, "_backward"};
  const dtype type = type_of(caller, "self", self);
  dim = check_weight(caller, op, weight, self, dim);
  check_like(caller, "grad_output", grad_output, self);
  Tensor grad_self = like(self, mask[0]), grad_weight = like(weight, mask[1]);
  if (mask[0] || mask[1]) {
    run(op,
        {pass::backward, type, {self, grad_output, {}, grad_self}, weight, {}, grad_weight, dim});
  }
  return {std::move(grad_self), std::move(grad_weight)};
}

template <Run run>
TensorTriple double_backward(DispatchKeySet, const Operators& op,
                             const OptionalTensor& grad_grad_self,
                             const OptionalTensor& grad_grad_weight,
                             const OptionalTensor& grad_output, const Tensor& self,
                             const Tensor& weight, std::int64_t dim, Mask3 mask) {
  const Caller caller{op.name, "_double_backward"};
  const dtype type = type_of(caller, "self", self);
  dim = check_weight(caller, op, weight, self, dim);
  const Tensor u = grad_grad_self.value_or(Tensor()), v = grad_grad_weight.value_or(Tensor()),
               g = grad_output.value_or(Tensor());
  if (u.defined()) check_like(caller, "grad_grad_self", u, self);
  if (v.defined()) check_like(caller, "grad_grad_weight", v, weight, op.activation.weight);
  if (g.defined() || mask[1] || mask[2]) check_like(caller, "grad_output", g, self);
  if (!u.defined() && !v.defined()) {
    const auto zeros = [](const Tensor& t, bool wanted) {
      return wanted ? at::zeros_like(t) : Tensor();
    };
    return {zeros(self, mask[0]), zeros(self, mask[1]), zeros(weight, mask[2])};
  }
  Tensor grad_grad_output = like(self, mask[0]), grad_self = like(self, mask[1]),
         grad_weight = like(weight, mask[2]);
  if (mask[0] || mask[1] || mask[2]) {
    run(op, {pass::double_backward,
             type,
             {self, g, u, grad_self, grad_grad_output},
             weight,
             v,
             grad_weight,
             dim});
  }
  return {std::move(grad_grad_output), std::move(grad_self), std::move(grad_weight)};
}

template <Run run> constexpr Kernels kernels() {
  return {value<run>, in_place<run>, out<run>, backward<run>, double_backward<run>};
}

}  // namespace

Kernels cpu_kernels() { return kernels<run_cpu>(); }
Kernels meta_kernels() { return kernels<run_nothing>(); }
Kernels cuda_kernels() { return kernels<run_cuda>(); }

}  // namespace nonlin::parametric
