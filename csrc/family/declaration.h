#pragma once
/// What a family of operators says of itself. The torch layer makes all else of it: schemas,
/// kernels for every dispatch key, and derivatives of every order in both modes.
///
/// A family is a struct derived from `declaration` that replaces what differs. With tensors x₁ … xₙ
/// its operators are
///
///   f                  (x₁ … xₙ, numbers, options)                      → y
///   f_, f.out          the same, written to x₁ or to `out`
///   f_backward         (grad_output, x₁ … xₙ, …)                        → a gradient of each
///   f_double_backward  (grad_grad_x₁ … grad_grad_xₙ, grad_output, x₁ …) → one of grad_output, then
///                                                                         one of each
///
/// Those that return several results also take `output_mask` where not all of them need be there: a
/// result that nobody needs is not computed, and undefined. Undefined directions and an undefined
/// grad_output stand for zeros.
#include <array>

namespace nonlin {

/// A tensor that can be differentiated.
struct tensor_argument {
  const char* name;  // null where each formula has a name of its own for it
  /// One entry, or one for each entry of the dimension `dim` of the first tensor; its gradient is
  /// the sum over all elements that share an entry. Other tensors have the shape of the first.
  bool is_weight = false;
};

/// An integer that belongs to a call, as `dim`. Without a default it must be given.
struct option {
  const char* name;
  const char* value = nullptr;
};

/// What backward is computed from. `index` is a second result of "f_with_index", which computes it
/// beside y where something will be differentiated.
enum class saves { inputs, result, index };

/// What torch.func.vmap does: the batch is another dimension of all tensors; of `dim`, that counts
/// from 0 without it; or its entries become entries of `dim`, where they need weights of their own.
enum class batching { elementwise, along_dim, folded_into_dim };

struct declaration {
  static constexpr std::array tensors{tensor_argument{"self"}};
  static constexpr std::array<option, 0> options{};
  static constexpr bool takes_numbers = false;  // the hyper-parameters that its formula lists
  static constexpr bool in_place = true;
  static constexpr bool resizes = false;      // y has sizes of its own
  static constexpr bool elementwise = false;  // PyTorch's tag `pointwise`
  static constexpr saves saved = saves::inputs;
  static constexpr batching vmap = batching::elementwise;
  /// Each entry of y depends on one entry of x₁, its own, and on none but that: the derivative
  /// along a direction is then f_backward of it. So it is with one tensor, unless its sizes are not
  /// those of y.
  static constexpr bool diagonal = true;
  /// The function is linear in its tensor, given what is saved. There is no double backward then,
  /// but the adjoint of backward, "f_gather(input, …)".
  static constexpr bool linear = false;
};

namespace pointwise {
struct family : declaration {
  static constexpr bool takes_numbers = true, elementwise = true;
};
}  // namespace pointwise

namespace parametric {
struct family : declaration {
  static constexpr std::array tensors{tensor_argument{"self"},
                                      tensor_argument{nullptr, /*is_weight=*/true}};
  static constexpr std::array options{option{"dim", "1"}};
  static constexpr batching vmap = batching::folded_into_dim;
};
}  // namespace parametric

namespace gated {
struct family : declaration {
  static constexpr std::array tensors{tensor_argument{"self"}, tensor_argument{"up"}};
  static constexpr bool takes_numbers = true, elementwise = true;
};
/// "f_packed", of one tensor that holds both. Along `dim`, gates come first where `layout` is 0 and
/// last where it is 1; where it is 2 they alternate with what they let up, a gate in the first
/// place. Its gradient is one tensor too.
struct packed_family : declaration {
  static constexpr std::array options{option{"dim", "-1"}, option{"layout", "0"}};
  static constexpr bool takes_numbers = true, in_place = false, resizes = true, diagonal = false;
  static constexpr batching vmap = batching::along_dim;
};
}  // namespace gated

namespace groupwise {
struct family : declaration {
  static constexpr std::array options{option{"k"}, option{"dim", "-1"}};
  static constexpr bool in_place = false, resizes = true;
  static constexpr saves saved = saves::index;
  static constexpr batching vmap = batching::along_dim;
  static constexpr bool linear = true;
};
}  // namespace groupwise

}  // namespace nonlin
