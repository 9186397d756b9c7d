/// The kernels of the devices: check, allocate, run. Outputs are laid out as empty_like lays them
/// out, on every device and for Meta tensors too, so that compilers know their strides.
#include <ATen/native/Resize.h>
#include <ATen/ops/empty_like.h>

#include "check.h"
#include "kernel.h"

namespace nonlin {
namespace {

using Run = void (*)(const Operator&, const Pass&);

/// A Meta tensor has no elements to compute.
void run_nothing(const Operator&, const Pass&) {}

template <Run run>
Tensor value(DispatchKeySet, const Operator& op, const Tensor& self, const Parameters& p) {
  const Caller caller{op};
  const dtype type = type_of(caller, "self", self);
  check_parameters(caller, p, self);
  Tensor result = at::empty_like(self);
  run(op, {pointwise::pass::value, type, p, {result}, {self}});
  return result;
}

template <Run run>
Tensor& in_place(DispatchKeySet, const Operator& op, Tensor& self, const Parameters& p) {
  const Caller caller{op, "_"};
  const dtype type = type_of(caller, "self", self);
  check_parameters(caller, p, self);
  if constexpr (run != run_nothing) check_in_place(caller, self);
  run(op, {pointwise::pass::value, type, p, {self}, {self}});
  return self;
}

template <Run run>
Tensor& out(DispatchKeySet, const Operator& op, const Tensor& self, const Parameters& p,
            Tensor& out) {
  const Caller caller{op, ".out"};
  const dtype type = type_of(caller, "self", self);
  check_parameters(caller, p, self);
  check_out(caller, out, self);
  if constexpr (run == run_nothing) {
    at::native::resize_output_symint(out, self.sym_sizes());
  } else {
    if (out.sizes() != self.sizes()) at::native::resize_output(out, self.sizes());
    check_overlap(caller, out, self);
  }
  run(op, {pointwise::pass::value, type, p, {out}, {self}});
  return out;
}

template <Run run>
Tensor backward(DispatchKeySet, const Operator& op, const Tensor& grad_output, const Tensor& self,
                const Parameters& p) {
  const Caller caller{op, "_backward"};
  const dtype type = type_of(caller, "self", self);
  check_parameters(caller, p, self);
  check_like_self(caller, "grad_output", grad_output, self);
  Tensor result = at::empty_like(self);
  run(op, {pointwise::pass::backward, type, p, {result}, {grad_output, self}});
  return result;
}

template <Run run>
TensorPair double_backward(DispatchKeySet, const Operator& op, const Tensor& grad_grad,
                           const Tensor& grad_output, const Tensor& self, const Parameters& p) {
  const Caller caller{op, "_double_backward"};
  const dtype type = type_of(caller, "self", self);
  check_parameters(caller, p, self);
  check_like_self(caller, "grad_grad", grad_grad, self);
  check_like_self(caller, "grad_output", grad_output, self);
  Tensor grad_grad_output = at::empty_like(self), grad_self = at::empty_like(self);
  run(op, {pointwise::pass::double_backward,
           type,
           p,
           {grad_grad_output, grad_self},
           {grad_grad, grad_output, self}});
  return {std::move(grad_grad_output), std::move(grad_self)};
}

template <Run run> constexpr Kernels kernels() {
  return {value<run>, in_place<run>, out<run>, backward<run>, double_backward<run>};
}

}  // namespace

Kernels cpu_kernels() { return kernels<run_cpu>(); }
Kernels meta_kernels() { return kernels<run_nothing>(); }
#ifdef NONLIN_CUDA
Kernels cuda_kernels() { return kernels<run_cuda>(); }
#endif

}  // namespace nonlin
