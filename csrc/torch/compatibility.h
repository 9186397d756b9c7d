#pragma once
/// All that this layer uses of PyTorch without a promise that it stays: what differs between the
/// supported versions, and interfaces that are private. Each is one function here, so that a new
/// version is a matter of this file and compatibility.cpp; compiled_autograd.cpp, which is written
/// against an interface of its own, and what python.cpp needs (compatibility_python.h) are the
/// others. A test in tests/package keeps private names out of all other files.
#include <ATen/EmptyTensor.h>
#include <ATen/core/Tensor.h>
#include <c10/util/intrusive_ptr.h>
#include <torch/csrc/autograd/VariableTypeUtils.h>
#include <torch/csrc/autograd/function.h>
#include <torch/version.h>

#include <optional>
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
/// Where the gradient of a defined tensor goes.
inline torch::autograd::Edge edge_to(const at::Tensor& t) {
  return torch::autograd::impl::gradient_edge(t);
}

/// at::empty_strided on the CPU without its way through the dispatcher.
inline at::Tensor empty_strided_cpu(at::IntArrayRef sizes, at::IntArrayRef strides,
                                    at::ScalarType type) {
  return at::Tensor(at::detail::empty_strided_cpu(sizes, strides, type));
}
inline at::Tensor empty_strided_cpu(at::IntArrayRef sizes, at::IntArrayRef strides,
                                    const at::TensorOptions& options) {
  return at::Tensor(at::detail::empty_strided_cpu(sizes, strides, options));
}
/// Gives the `out` of an operator other sizes, if it has to, with the warning that PyTorch gives.
void resize_out(const at::Tensor& out, c10::SymIntArrayRef sizes);
/// Whether the memory of `t` is copied when it is written, and shared until then.
bool is_lazy_clone(const at::Tensor& t);

/// The innermost torch.func.vmap, if there is one.
struct Vmap {
  std::int64_t level;
  c10::SymInt batch_size;
};
std::optional<Vmap> innermost_vmap();
/// A tensor below the vmap of that level, and its batch dimension, if it has one there.
std::tuple<at::Tensor, std::optional<std::int64_t>> unbatched(const at::Tensor&,
                                                              std::int64_t level);
at::Tensor batched(const at::Tensor&, std::int64_t dim, std::int64_t level);

/// A nested tensor of layout strided, a view of `values`.
at::Tensor nested_view(const at::Tensor& values, const at::Tensor& sizes, const at::Tensor& strides,
                       const at::Tensor& offsets);

/// Tensors of a tracer that turns writes into new values.
namespace functional {
bool wraps(const at::Tensor&);
/// The value that `t` has by now.
at::Tensor unwrapped(const at::Tensor& t);
/// `value` becomes that of `t`.
void assign(const at::Tensor& t, const at::Tensor& value);
}  // namespace functional

}  // namespace nonlin
