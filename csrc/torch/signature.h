#pragma once
/// Operators of a family: which tensors they take, and their C++ types, from its declaration.
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <optional>

#include "../family/declaration.h"

namespace nonlin {

using at::Tensor;
template <std::size_t n> using Tensors = std::array<Tensor, n>;

/// `double_backward` is "f_gather" in a linear family.
enum class kind { value, in_place, out, with_index, backward, double_backward };

/// What follows from a declaration.
template <class Family> struct facts {
  /// Tensors that are differentiated; options; tensors that backward is computed from.
  static constexpr std::size_t tensors = Family::tensors.size(), options = Family::options.size(),
                               saved = Family::saved == saves::inputs ? tensors : 1;
  static constexpr bool has_weight =
      std::any_of(Family::tensors.begin(), Family::tensors.end(),
                  [](const tensor_argument& t) { return t.is_weight; });
  /// Results are asked for one by one, and directions may be missing.
  static constexpr bool masked = tensors > 1 || (!Family::diagonal && !Family::linear),
                        saves_index = Family::saved == saves::index;

  /// All tensors of a call have a place: first the directions grad_grad_x₁ … grad_grad_xₙ, then
  /// grad_output, then x₁ … xₙ or what was saved in their place. These are the places of what an
  /// operator takes, in its order: `count` from `first` on, but for grad_output in a gather.
  static constexpr std::size_t places = 2 * tensors + 1, of_gradient = tensors;
  static constexpr std::size_t first(kind which) {
    return which == kind::double_backward ? 0 : which == kind::backward ? tensors : tensors + 1;
  }
  static constexpr bool gathers(kind which) {
    return Family::linear && which == kind::double_backward;
  }
  static constexpr std::size_t count(kind which) {
    const auto own = which >= kind::backward ? saved : tensors;
    return own + tensors + 1 - first(which) - (gathers(which) ? 1 : 0);
  }
  static constexpr std::size_t place(kind which, std::size_t i) {
    return first(which) + i + (gathers(which) && i >= of_gradient ? 1 : 0);
  }
  /// Those of them that can be differentiated come first.
  static constexpr std::size_t differentiable(kind which) {
    return count(which) - (saves_index && which >= kind::backward ? 1 : 0);
  }

  static constexpr std::size_t results(kind which) {
    if (which == kind::double_backward) return Family::linear ? 1 : tensors + 1;
    return which == kind::backward ? tensors : which == kind::with_index ? 2 : 1;
  }
  static constexpr bool has_mask(kind which) {
    return masked && which >= kind::backward && results(which) > 1;
  }
  static constexpr bool writes(kind which) { return which == kind::in_place || which == kind::out; }
};

namespace detail {

template <std::size_t> using number = const c10::Scalar&;
template <std::size_t> using integer = std::int64_t;
template <std::size_t> using tensor = Tensor;

template <class Family, kind which, std::size_t i>
using given =
    std::conditional_t<which == kind::in_place && i == 0, Tensor&,
                       std::conditional_t<facts<Family>::masked && which == kind::double_backward &&
                                              i <= facts<Family>::of_gradient,
                                          const std::optional<Tensor>&, const Tensor&>>;

template <class Family, kind which, std::size_t... T, std::size_t... C, std::size_t... O,
          std::size_t... R>
constexpr auto signature_of(std::index_sequence<T...>, std::index_sequence<C...>,
                            std::index_sequence<O...>, std::index_sequence<R...>) {
  using Result =
      std::conditional_t<facts<Family>::writes(which), Tensor&,
                         std::conditional_t<sizeof...(R) == 1, Tensor, std::tuple<tensor<R>...>>>;
  if constexpr (facts<Family>::has_mask(which)) {
    using Mask = std::array<bool, sizeof...(R)>;
    return std::type_identity<Result(given<Family, which, T>..., number<C>..., integer<O>...,
                                     Mask)>();
  } else if constexpr (which == kind::out) {
    return std::type_identity<Result(given<Family, which, T>..., number<C>..., integer<O>...,
                                     Tensor&)>();
  } else {
    return std::type_identity<Result(given<Family, which, T>..., number<C>..., integer<O>...)>();
  }
}

}  // namespace detail

/// The C++ type of an operator with so many hyper-parameters.
template <class Family, kind which, std::size_t numbers>
using signature = typename decltype(detail::signature_of<Family, which>(
    std::make_index_sequence<facts<Family>::count(which)>(), std::make_index_sequence<numbers>(),
    std::make_index_sequence<facts<Family>::options>(),
    std::make_index_sequence<facts<Family>::results(which)>()))::type;

/// What an operator's name ends in.
template <class Family> const char* suffix(kind which) {
  if (facts<Family>::gathers(which)) return "_gather";
  constexpr const char* all[] = {"", "_", ".out", "_with_index", "_backward", "_double_backward"};
  return all[static_cast<int>(which)];
}

}  // namespace nonlin
