/// Registers the parametric operators: for every activation its schemas, and for every dispatch key
/// its kernels.
#include <ATen/autocast_mode.h>
#include <torch/library.h>

#include "../families.h"
#include "../mutation.h"
#include "../nested.h"
#include "../registration.h"
#include "operator.h"

namespace nonlin::parametric {
namespace {

void define_all(torch::Library& m, const Activation& activation) {
  const std::string name = activation.unit->name, weight = activation.weight;
  const std::string rest = "Tensor self, Tensor " + weight + ", int dim=1";
  const std::string mask2 = ", bool[2] output_mask=[True, True]";
  const std::string mask3 = ", bool[3] output_mask=[True, True, True]";
  define(m, name + "(" + rest + ") -> Tensor");
  define(m, name + "_(Tensor(a!) self, Tensor " + weight + ", int dim=1) -> Tensor(a!)");
  define(m, name + ".out(" + rest + ", *, Tensor(a!) out) -> Tensor(a!)");
  define(m, name + "_backward(Tensor grad_output, " + rest + mask2 + ") -> (Tensor, Tensor)");
  define(m, name +
                "_double_backward(Tensor? grad_grad_self, Tensor? grad_grad_weight, "
                "Tensor? grad_output, " +
                rest + mask3 + ") -> (Tensor, Tensor, Tensor)");
}

void implement_all(torch::Library& m, c10::DispatchKey key, const Operators& op,
                   const Kernels& kernels) {
  implement(m, key, op.name, op, kernels.value);
  implement(m, key, op.name + "_", op, kernels.in_place);
  implement(m, key, op.name + ".out", op, kernels.out);
  implement(m, key, op.name + "_backward", op, kernels.backward);
  implement(m, key, op.name + "_double_backward", op, kernels.double_backward);
}

/// Autocast to a lower precision, as PyTorch does for its activations with weights.
template <c10::DispatchKey key, c10::DeviceType device>
Tensor lower_precision(DispatchKeySet, const Operators& op, const Tensor& self,
                       const Tensor& weight, std::int64_t dim) {
  const c10::impl::ExcludeDispatchKeyGuard guard(key);
  const auto type = at::autocast::get_lower_precision_fp_from_device_type(device);
  return op.value.call(at::autocast::cached_cast(type, self, device),
                       at::autocast::cached_cast(type, weight, device), dim);
}

/// What is written keeps its type: the weight is cast to it.
template <c10::DispatchKey key, c10::DeviceType device>
Tensor& like_self_in_place(DispatchKeySet, const Operators& op, Tensor& self, const Tensor& weight,
                           std::int64_t dim) {
  const c10::impl::ExcludeDispatchKeyGuard guard(key);
  return op.in_place.call(self, at::autocast::cached_cast(self.scalar_type(), weight, device), dim);
}
template <c10::DispatchKey key, c10::DeviceType device>
Tensor& like_self_out(DispatchKeySet, const Operators& op, const Tensor& self, const Tensor& weight,
                      std::int64_t dim, Tensor& out) {
  const c10::impl::ExcludeDispatchKeyGuard guard(key);
  return op.out.call(self, at::autocast::cached_cast(self.scalar_type(), weight, device), dim, out);
}

template <c10::DispatchKey key, c10::DeviceType device>
void implement_autocast(torch::Library& m, const Operators& op) {
  implement(m, key, op.name, op, &lower_precision<key, device>);
  implement(m, key, op.name + "_", op, &like_self_in_place<key, device>);
  implement(m, key, op.name + ".out", op, &like_self_out<key, device>);
}

}  // namespace

Operators::Operators(const Activation& a)
    : Differentiable(*a.nodes),
      activation(a),
      unit(*a.unit),
      name(std::string("nonlin::") + a.unit->name),
      value(find<signature::value>(name)),
      in_place(find<signature::in_place>(name + "_")),
      out(find<signature::out>(name, "out")),
      backward(find<signature::backward>(name + "_backward")),
      double_backward(find<signature::double_backward>(name + "_double_backward")) {}

void register_operators(torch::Library& m) {
  using c10::DispatchKey;
  for (const Activation& activation : catalogue().parametric) {
    define_all(m, activation);
    // Never destroyed: kernels refer to it for as long as the process runs.
    const auto& op = *new Operators(activation);
    implement_all(m, DispatchKey::CPU, op, cpu_kernels());
    if (op.unit.cuda) implement_all(m, DispatchKey::CUDA, op, cuda_kernels());
    implement_all(m, DispatchKey::Meta, op, meta_kernels());
    for (const auto key : autograd_keys) implement_all(m, key, op, autograd_kernels());
    implement_mutation(m, op.name + "_");
    implement_mutation(m, op.name + ".out");
    for (const char* suffix : {"", "_", ".out", "_backward", "_double_backward"}) {
      implement_nested(m, op.name + suffix);
    }
    if (op.unit.cpu[0]->casts == autocast::lower_precision) {
      implement_autocast<DispatchKey::AutocastCPU, c10::DeviceType::CPU>(m, op);
      implement_autocast<DispatchKey::AutocastCUDA, c10::DeviceType::CUDA>(m, op);
    }
    for (const char* suffix : {"", "_", "_backward", "_double_backward"}) {
      implement_batching<&batch>(m, op.name + suffix);
    }
  }
}

}  // namespace nonlin::parametric
