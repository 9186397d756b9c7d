/// What in-place and out operators owe PyTorch besides their result: a new version of the tensor
/// that they write, without which autograd would use it unawares, and a form without mutation for
/// tracers.
#include <ATen/FunctionalTensorWrapper.h>
#include <torch/csrc/autograd/VariableTypeUtils.h>

#include "check.h"

namespace nonlin {
namespace {

namespace functional = at::functionalization::impl;

Tensor& versioned_in_place(DispatchKeySet keys, const Operator& op, Tensor& self,
                           const Parameters& p) {
  {
    at::AutoDispatchBelowADInplaceOrView guard;
    op.value_(self, p, keys & c10::after_ADInplaceOrView_keyset);
  }
  torch::autograd::increment_version(self);
  return self;
}

Tensor& versioned_out(DispatchKeySet keys, const Operator& op, const Tensor& self,
                      const Parameters& p, Tensor& out) {
  {
    at::AutoDispatchBelowADInplaceOrView guard;
    op.value_out(out, self, p, keys & c10::after_ADInplaceOrView_keyset);
  }
  torch::autograd::increment_version(out);
  return out;
}

Tensor unwrapped(const Tensor& t) {
  if (!functional::isFunctionalTensor(t)) return t;
  functional::sync(t);
  return functional::from_functional_tensor(t);
}

Tensor functional_value(const Operator& op, const Tensor& self, const Parameters& p) {
  at::AutoDispatchSkipFunctionalize guard;
  return op.value(self, p);
}

/// `target`, a functional tensor, takes the value that would have been written to it.
void replace(const Tensor& target, const Tensor& value) {
  functional::replace_(target, value);
  functional::commit_update(target);
  functional::sync(target);
}

Tensor& functional_in_place(DispatchKeySet, const Operator& op, Tensor& self, const Parameters& p) {
  if (functional::isFunctionalTensor(self)) {
    replace(self, functional_value(op, unwrapped(self), p));
    return self;
  }
  at::AutoDispatchSkipFunctionalize guard;
  return op.value_(self, p);
}

Tensor& functional_out(DispatchKeySet, const Operator& op, const Tensor& self, const Parameters& p,
                       Tensor& out) {
  const Tensor input = unwrapped(self);
  if (functional::isFunctionalTensor(out)) {
    check_out({op, ".out"}, out, self);
    replace(out, functional_value(op, input, p));
    return out;
  }
  TORCH_CHECK(!functional::isFunctionalTensor(self), op.name,
              ".out: `out` must be a functional tensor when `self` is one");
  at::AutoDispatchSkipFunctionalize guard;
  return op.value_out(out, input, p);
}

}  // namespace

Kernels inplace_or_view_kernels() {
  return {nullptr, versioned_in_place, versioned_out, nullptr, nullptr};
}
Kernels functionalize_kernels() {
  return {nullptr, functional_in_place, functional_out, nullptr, nullptr};
}

}  // namespace nonlin
