/// The kernels of the devices: check, allocate, run. Outputs are laid out as empty_like lays them
/// out, on every device and for Meta tensors too, so that compilers know their strides.
#include <ATen/native/Resize.h>

#include "../allocate.h"
#include "../check.h"
#include "kernel.h"

namespace nonlin::pointwise {
namespace {

using Run = void (*)(const Operators&, const Pass&);

/// A Meta tensor has no elements to compute.
void run_nothing(const Operators&, const Pass&) {}

/// Reads and checks the numbers; with Meta tensors none that stands for others.
template <Run run>
Parameters read(const Caller& caller, const Operators& op, const Numbers& p, const Tensor& self) {
  Parameters values{};
  for (int i = 0; i < op.parameter_count(); ++i) {
    if (run == run_nothing && p[i].isSymbolic()) continue;
    values[i] = check_parameter(caller, op.parameter(i).name, p[i], self);
  }
  return values;
}

template <Run run>
Tensor value(DispatchKeySet, const Operators& op, const Tensor& self, const Numbers& p) {
  const Caller caller{op.name};
  const dtype type = type_of(caller, "self", self);
  const Parameters parameters = read<run>(caller, op, p, self);
  Tensor result = new_like(self);
  run(op, {pass::value, type, parameters, {result}, {self}});
  return result;
}

template <Run run>
Tensor& in_place(DispatchKeySet, const Operators& op, Tensor& self, const Numbers& p) {
  const Caller caller{op.name, "_"};
  const dtype type = type_of(caller, "self", self);
  const Parameters parameters = read<run>(caller, op, p, self);
  if constexpr (run != run_nothing) check_writable(caller, "self", self);
  run(op, {pass::value, type, parameters, {self}, {self}});
  return self;
}

template <Run run>
Tensor& out(DispatchKeySet, const Operators& op, const Tensor& self, const Numbers& p,
            Tensor& out) {
  const Caller caller{op.name, ".out"};
  const dtype type = type_of(caller, "self", self);
  const Parameters parameters = read<run>(caller, op, p, self);
  check_options(caller, "out", out, self);
  if constexpr (run == run_nothing) {
    at::native::resize_output_symint(out, self.sym_sizes());
  } else {
    if (out.sizes() != self.sizes()) at::native::resize_output(out, self.sizes());
    run(op, {pass::value, type, parameters, {out}, {read_beside_out(caller, out, self)}});
  }
  return out;
}

template <Run run>
Tensor backward(DispatchKeySet, const Operators& op, const Tensor& grad_output, const Tensor& self,
                const Numbers& p) {
  const Caller caller{op.name, "_backward"};
  const dtype type = type_of(caller, "self", self);
  const Parameters parameters = read<run>(caller, op, p, self);
  check_like(caller, "grad_output", grad_output, self);
  Tensor result = new_like(self);
  run(op, {pass::backward, type, parameters, {result}, {grad_output, self}});
  return result;
}

template <Run run>
TensorPair double_backward(DispatchKeySet, const Operators& op, const Tensor& grad_grad,
                           const Tensor& grad_output, const Tensor& self, const Numbers& p) {
  const Caller caller{op.name, "_double_backward"};
  const dtype type = type_of(caller, "self", self);
  const Parameters parameters = read<run>(caller, op, p, self);
  check_like(caller, "grad_grad", grad_grad, self);
  check_like(caller, "grad_output", grad_output, self);
  Tensor grad_grad_output = new_like(self), grad_self = new_like(self);
  run(op, {pass::double_backward,
           type,
           parameters,
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
Kernels cuda_kernels() { return kernels<run_cuda>(); }

}  // namespace nonlin::pointwise
