/// Nested tensors, by one boxed rule for all operators: a nested tensor is a view of a dense one,
/// its values, and operators run on those. The rule is called below autograd: from the dispatcher
/// for strided tensors, from the class of jagged ones where that has no rule of its own.
#include "nested.h"

#include <ATen/ops/_nested_get_jagged_dummy.h>
#include <ATen/ops/_nested_get_lengths.h>
#include <ATen/ops/_nested_get_max_seqlen.h>
#include <ATen/ops/_nested_get_min_seqlen.h>
#include <ATen/ops/_nested_get_offsets.h>
#include <ATen/ops/_nested_get_ragged_idx.h>
#include <ATen/ops/_nested_get_values.h>
#include <ATen/ops/_nested_tensor_size.h>
#include <ATen/ops/_nested_tensor_storage_offsets.h>
#include <ATen/ops/_nested_tensor_strides.h>
#include <ATen/ops/_nested_view_from_jagged.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/values.h>
#include <torch/csrc/autograd/VariableTypeUtils.h>

#include <algorithm>
#include <array>

#include "check.h"
#include "compatibility.h"

namespace nonlin {
namespace {

/// The layout of a nested tensor. The class of jagged ones is Python's: every question costs a
/// call, and is asked once.
struct Layout {
  explicit Layout(const Tensor& t) : jagged(t.layout() == c10::kJagged) {
    if (!jagged) return;
    ragged = at::_nested_get_ragged_idx(t);
    lengths = optional(at::_nested_get_lengths(t));
  }

  static std::optional<Tensor> optional(Tensor t) {
    return t.defined() ? std::optional(std::move(t)) : std::nullopt;
  }

  /// The elements of `t`, and of a jagged tensor also what may lie between its components.
  Tensor values(const Tensor& t) const { return jagged ? at::_nested_get_values(t) : t.values(); }

  bool jagged;
  std::int64_t ragged = 0;        // the dimension, where jagged
  std::optional<Tensor> lengths;  // of jagged components with gaps between them
};

/// Makes tensors with the components of `t` of their values.
class Nest {
 public:
  Nest(const Tensor& t, const Layout& layout) : layout_(layout) {
    if (layout.jagged) {
      parts_ = {at::_nested_get_offsets(t), at::_nested_get_jagged_dummy(t),
                at::_nested_get_min_seqlen(t), at::_nested_get_max_seqlen(t)};
    } else {
      parts_ = {t._nested_tensor_size(), t._nested_tensor_strides(),
                t._nested_tensor_storage_offsets()};
    }
  }

  Tensor operator()(const Tensor& values) const {
    if (!layout_.jagged) return nested_view(values, parts_[0], parts_[1], parts_[2]);
    return at::_nested_view_from_jagged(values, parts_[0], parts_[1], layout_.lengths,
                                        layout_.ragged, Layout::optional(parts_[2]),
                                        Layout::optional(parts_[3]));
  }

 private:
  const Layout& layout_;
  std::array<Tensor, 4> parts_;
};

/// A call of an operator below autograd. One of its tensors at least is nested.
class Call {
 public:
  Call(const c10::OperatorHandle& op, torch::jit::Stack* stack, bool has_weight)
      : op_(op),
        schema_(op.schema()),
        caller_{schema_.name()},
        stack_(*stack),
        begin_(stack->size() - schema_.arguments().size()) {
    const auto& arguments = schema_.arguments();
    TORCH_CHECK_NOT_IMPLEMENTED(!arguments.back().is_out(), caller_,
                                ".out: `out` must not be given where a tensor is nested");
    for (std::size_t i = 0; has_weight && i + 1 < arguments.size(); ++i) {
      if (name(i) == "self") weight_ = i + 1;
    }
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (!at(i).isTensor() || !tensor(i).defined()) continue;
      if (weight_ && (i == weight_ || name(i) == "grad_grad_weight")) {
        TORCH_CHECK_TYPE(!tensor(i).is_nested(), caller_, ": `", name(i),
                         "` must be a dense tensor, got a nested one");
      } else {
        nested_.push_back(i);
      }
    }
    const auto is_nested = [&](std::size_t i) { return tensor(i).is_nested(); };
    first_ = *std::find_if(nested_.begin(), nested_.end(), is_nested);
    layout_.emplace(tensor(first_));
    for (const auto i : nested_) check_like_first(i);
    if (weight_) check_defined(caller_, name(weight_).c_str(), tensor(weight_));
    check_gaps();
    check_dim();
  }

  void run() {
    const Tensor first = contiguous(tensor(first_));
    for (const auto i : nested_) at(i) = layout_->values(contiguous(tensor(i)));
    op_.callBoxed(&stack_);
    if (schema_.is_mutable()) {
      stack_.back() = first;
      return;
    }
    const Nest nest(first, *layout_);
    const auto count = schema_.returns().size();
    for (auto i = stack_.size() - count; i < stack_.size(); ++i) {
      const bool of_weight = weight_ && count > 1 && i + 1 == stack_.size();
      const Tensor result = stack_[i].toTensor();
      if (result.defined() && !of_weight) stack_[i] = nest(result);
    }
  }

 private:
  /// A nested tensor of the same layout, with components of the same lengths.
  void check_like_first(std::size_t i) const {
    if (i == first_) return;
    const Tensor &t = tensor(i), &first = tensor(first_);
    check_kind(caller_, name(i).c_str(), t, first, name(first_).c_str());
    bool alike = false;
    if (layout_->jagged) {
      const auto ragged = layout_->ragged;
      alike = at::_nested_get_ragged_idx(t) == ragged && t.sym_size(0) == first.sym_size(0) &&
              t.sym_size(ragged) == first.sym_size(ragged);
    } else {
      alike = at::equal(t._nested_tensor_size(), first._nested_tensor_size());
    }
    TORCH_CHECK(alike, caller_, ": `", name(i), "` must have components as long as those of `",
                name(first_), "`");
  }

  /// Values between components must not count in the gradient of a weight.
  void check_gaps() const {
    if (!weight_ || !layout_->lengths) return;
    const at::IValue& last = at(schema_.arguments().size() - 1);
    const bool learns = last.isBoolList() ? last.toBoolList().get(last.toBoolList().size() - 1)
                                          : torch::autograd::compute_requires_grad(tensor(weight_));
    TORCH_CHECK(!learns, caller_, ": `", name(first_),
                "` must have no gaps between its components where `", name(weight_),
                "` learns; make it anew, torch.nested.as_nested_tensor(", name(first_),
                ".unbind(), layout=torch.jagged)");
  }

  /// `dim` is counted for the nested tensor, which has one dimension more than its values.
  void check_dim() {
    const auto position = schema_.argumentIndexWithName("dim");
    if (!position || (weight_ && tensor(weight_).sym_numel() == 1)) return;
    const Tensor& first = tensor(first_);
    TORCH_CHECK_NOT_IMPLEMENTED(layout_->jagged, caller_, ": `", name(first_),
                                "` must be jagged where it is nested, got a strided one; make it "
                                "with layout=torch.jagged");
    const auto dim = nonlin::check_dim(caller_, at(*position).toInt(), first.dim());
    const bool batch = dim == 0, ragged = dim == layout_->ragged;
    TORCH_CHECK(!batch && !ragged, caller_, ": `dim` must not be the ", batch ? "batch" : "ragged",
                " dimension ", dim, " of a nested `", name(first_), "`",
                layout_->ragged + 1 == first.dim() ? "" : "; use dim=-1 for its last one");
    check_entries(dim, first.sym_size(dim));
    at(*position) = dim - 1;
  }

  /// What the operator itself would say, of a dimension of the values.
  void check_entries(std::int64_t dim, const c10::SymInt& size) const {
    if (weight_) {
      const auto entries = tensor(weight_).sym_numel();
      TORCH_CHECK(entries == size, caller_, ": `", name(weight_), "` must have one entry, or ",
                  size, ", the size of dimension ", dim, " of `self`, got ", entries);
    } else if (const auto groups = schema_.argumentIndexWithName("k"); !groups) {
      const bool whole = name(first_) == "self" || name(first_) == "grad_grad_self";
      TORCH_CHECK_VALUE(!whole || size % 2 == 0, caller_, ": `", name(first_),
                        "` must have an even size in dimension ", dim, ", got ", size);
    } else if (name(first_) != "grad_output") {
      const auto k = at(*groups).toInt();
      TORCH_CHECK_VALUE(k < 1 || size % k == 0, caller_, ": `k` must divide ", size,
                        ", the size of dimension ", dim, " of `", name(first_), "`, got ", k);
    }
  }

  Tensor contiguous(const Tensor& t) const {
    if (layout_->jagged || t.is_contiguous()) return t;
    TORCH_CHECK(!schema_.is_mutable(), caller_, ": `self` must be contiguous where it is nested");
    return t.contiguous();
  }

  at::IValue& at(std::size_t i) const { return stack_[begin_ + i]; }
  const Tensor& tensor(std::size_t i) const { return at(i).toTensor(); }
  const std::string& name(std::size_t i) const { return schema_.arguments()[i].name(); }

  const c10::OperatorHandle& op_;
  const c10::FunctionSchema& schema_;
  const Caller caller_;
  torch::jit::Stack& stack_;
  const std::size_t begin_;
  std::size_t weight_ = 0;           // its position among the arguments; 0 where there is none
  std::vector<std::size_t> nested_;  // positions of the tensors that must be nested
  std::size_t first_ = 0;            // that of the first that is
  std::optional<Layout> layout_;     // of that
};

template <bool has_weight> void on_values(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  at::AutoDispatchBelowADInplaceOrView guard;  // the class of jagged tensors has lifted it
  Call(op, stack, has_weight).run();
}

}  // namespace

void check_nested(const c10::OperatorHandle& op, torch::jit::Stack arguments) {
  Call(op, &arguments, false);
}

void implement_nested(torch::Library& m, const std::string& name, bool has_weight) {
  using c10::DispatchKey;
  using torch::CppFunction;
  for (const auto key : {DispatchKey::NestedTensorCPU, DispatchKey::NestedTensorCUDA,
                         DispatchKey::CompositeImplicitAutogradNestedTensor}) {
    m.impl(
        name.c_str(),
        torch::dispatch(key, has_weight ? CppFunction::makeFromBoxedFunction<&on_values<true>>()
                                        : CppFunction::makeFromBoxedFunction<&on_values<false>>()));
  }
}

}  // namespace nonlin
