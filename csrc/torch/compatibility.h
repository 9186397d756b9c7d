#pragma once
/// Everything that differs between the supported versions of PyTorch.
#include <ATen/core/Tensor.h>
#include <c10/util/intrusive_ptr.h>
#include <torch/csrc/autograd/VariableTypeUtils.h>
#include <torch/csrc/autograd/function.h>
#include <torch/version.h>
#if __has_include(<torch/csrc/autograd/node_creation_hook.h>)
#include <torch/csrc/autograd/node_creation_hook.h>
#define NONLIN_NODE_CREATION_HOOKS 1
#endif

namespace nonlin {

#if TORCH_VERSION_MAJOR * 100 + TORCH_VERSION_MINOR >= 213
template <class N> using NodePtr = c10::intrusive_ptr<N>;
template <class N> NodePtr<N> make_node() { return c10::make_intrusive<N>(); }
/// A node that is shared already.
inline NodePtr<torch::autograd::Node> shared(torch::autograd::Node& node) {
  return NodePtr<torch::autograd::Node>::reclaim_copy(&node);
}
#else
template <class N> using NodePtr = std::shared_ptr<N>;
template <class N> NodePtr<N> make_node() {
  return NodePtr<N>(new N(), torch::autograd::deleteNode);
}
inline NodePtr<torch::autograd::Node> shared(torch::autograd::Node& node) { return node.getptr(); }
#endif

/// Tells PyTorch's hooks of node creation, where it has them, of a node whose edges and saved
/// tensors are complete.
inline void announce([[maybe_unused]] const NodePtr<torch::autograd::Node>& node) {
#ifdef NONLIN_NODE_CREATION_HOOKS
  torch::autograd::fire_node_creation_hooks(node);
#endif
}
/// `node` becomes the origin of `t`, which an in-place operator has written.
inline void rebase(const at::Tensor& t, const NodePtr<torch::autograd::Node>& node) {
#ifdef NONLIN_NODE_CREATION_HOOKS
  announce(torch::autograd::rebase_history(t, node));  // through a view, another node is attached
#else
  torch::autograd::rebase_history(t, node);
#endif
}

}  // namespace nonlin
