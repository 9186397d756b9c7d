#pragma once
#include <torch/library.h>

namespace nonlin {

/// The keys of Autograd kernels. That of nested tensors is named, since the rule for them would
/// come before one for all keys.
inline constexpr c10::DispatchKey autograd_keys[] = {c10::DispatchKey::Autograd,
                                                     c10::DispatchKey::AutogradNestedTensor};

/// Registers the rule by which an operator takes nested tensors. Jagged ones do not reach it where
/// the operator has the tag `pointwise`.
/// `has_weight`: the tensor behind `self` is one, and dense.
void implement_nested(torch::Library&, const std::string& name, bool has_weight);

/// Raises what the rule would say of these arguments, none of which is a weight. One of them at
/// least is a nested tensor.
void check_nested(const c10::OperatorHandle&, torch::jit::Stack arguments);

}  // namespace nonlin
