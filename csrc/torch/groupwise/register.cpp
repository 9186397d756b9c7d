/// Registers the groupwise operators: for every activation its schemas, and for every dispatch key
/// its kernels.
#include "../families.h"
#include "../mutation.h"
#include "../nested.h"
#include "../registration.h"
#include "operator.h"

namespace nonlin::groupwise {
namespace {

void define_all(torch::Library& m, const std::string& name) {
  const std::string rest = ", int k, int dim=-1";
  define(m, name + "(Tensor self" + rest + ") -> Tensor");
  define(m, name + ".out(Tensor self" + rest + ", *, Tensor(a!) out) -> Tensor(a!)");
  define(m, name + "_with_index(Tensor self" + rest + ") -> (Tensor, Tensor)");
  define(m, name + "_backward(Tensor grad_output, Tensor index" + rest + ") -> Tensor");
  define(m, name + "_gather(Tensor input, Tensor index" + rest + ") -> Tensor");
}

void implement_all(torch::Library& m, c10::DispatchKey key, const Operators& op,
                   const Kernels& kernels) {
  implement(m, key, op.name, op, kernels.value);
  implement(m, key, op.name + ".out", op, kernels.out);
  implement(m, key, op.name + "_with_index", op, kernels.with_index);
  implement(m, key, op.name + "_backward", op, kernels.backward);
  implement(m, key, op.name + "_gather", op, kernels.gather);
}

}  // namespace

Operators::Operators(const Activation& a)
    : Differentiable(*a.nodes),
      unit(*a.unit),
      name(std::string("nonlin::") + a.unit->name),
      value(find<signature::value>(name)),
      out(find<signature::out>(name, "out")),
      with_index(find<signature::with_index>(name + "_with_index")),
      backward(find<signature::backward>(name + "_backward")),
      gather(find<signature::gather>(name + "_gather")) {}

void register_operators(torch::Library& m) {
  using c10::DispatchKey;
  for (const Activation& activation : catalogue().groupwise) {
    define_all(m, activation.unit->name);
    // Never destroyed: kernels refer to it for as long as the process runs.
    const auto& op = *new Operators(activation);
    implement_all(m, DispatchKey::CPU, op, cpu_kernels());
    if (op.unit.cuda) implement_all(m, DispatchKey::CUDA, op, cuda_kernels());
    implement_all(m, DispatchKey::Meta, op, meta_kernels());
    for (const auto key : autograd_keys) implement_all(m, key, op, autograd_kernels());
    implement_mutation(m, op.name + ".out");
    for (const char* suffix : {"", ".out", "_with_index", "_backward", "_gather"}) {
      implement_nested(m, op.name + suffix);
    }
    for (const char* suffix : {"", "_with_index", "_backward", "_gather"}) {
      implement_batching<&batch>(m, op.name + suffix);
    }
  }
}

}  // namespace nonlin::groupwise
