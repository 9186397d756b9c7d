#pragma once
/// The operators of one activation, of any family, behind PyTorch's dispatcher. Kernels reach each
/// other through them, by way of the dispatcher, so that every transform sees them.
#include <ATen/core/dispatch/Dispatcher.h>

#include <functional>

#include "arguments.h"
#include "autograd.h"

namespace nonlin {

/// What a kernel returns, as its operator does and back.
template <class R, std::size_t n> R as_results(Tensors<n>&& each) {
  if constexpr (n == 1)
    return std::move(each[0]);
  else
    return std::apply([](auto&... t) { return R(std::move(t)...); }, each);
}
inline Tensors<1> as_tensors(Tensor&& t) { return {std::move(t)}; }
template <std::size_t n> Tensors<n> as_tensors(Tensors<n>&& each) { return std::move(each); }
template <class... T> Tensors<sizeof...(T)> as_tensors(std::tuple<T...>&& each) {
  return std::apply([](auto&... t) { return Tensors<sizeof...(T)>{std::move(t)...}; }, each);
}

/// Calls use(which) for each operator that the family has, as constants.
template <class Family, class Use> void for_each_kind(const Use& use) {
  [&]<int... which>(std::integer_sequence<int, which...>) {
    const auto has = [](kind k) {
      return (k != kind::in_place || Family::in_place) &&
             (k != kind::with_index || facts<Family>::saves_index);
    };
    const auto one = [&]<kind k>(std::integral_constant<kind, k> constant) {
      if constexpr (has(k)) use(constant);
    };
    (one(std::integral_constant<kind, static_cast<kind>(which)>()), ...);
  }
  (std::make_integer_sequence<int, 6>());
}

/// The most hyper-parameters that activations of a family may have.
template <class Family>
constexpr std::size_t most_numbers = Family::takes_numbers ? max_parameters : 0;

/// The hyper-parameters of an activation.
template <class Family> std::size_t count_of(const auto& activation) {
  if constexpr (Family::takes_numbers) return activation.parameter_count();
  return 0;
}

/// Calls use(indices), one for each of `count` hyper-parameters.
template <class Family, std::size_t least = 0, class Use>
decltype(auto) with_count(std::size_t count, const Use& use) {
  if constexpr (least < most_numbers<Family>) {
    if (count > least) return with_count<Family, least + 1>(count, use);
  }
  return use(std::make_index_sequence<least>());
}

template <class Family> class Operators : public Differentiable {
  using F = facts<Family>;

 public:
  using Entry = typename Family::Entry;
  /// Those of `activation`, which have been defined in the namespace `library`.
  Operators(const Entry& activation, const std::string& library)
      : Differentiable{*activation.nodes, &vector_jacobian_product},
        entry(activation),
        name(library + "::" + activation.name),
        count(count_of<Family>(activation)) {
    with_count<Family>(
        count, [&]<std::size_t... C>(std::index_sequence<C...>) {
          for_each_kind<Family>([&]<kind which>(std::integral_constant<kind, which>) {
            std::get<sizeof...(C)>(handles<which>()) =
                untyped(which).template typed<signature<Family, which, sizeof...(C)>>();
          });
        });
  }

  const Entry& entry;
  const std::string name;   // with its namespace
  const std::size_t count;  // of hyper-parameters

  std::string name_of(kind which) const { return name + suffix<Family>(which); }
  c10::OperatorHandle untyped(kind which) const {
    const bool out = which == kind::out;
    const std::string full = out ? name : name_of(which);
    return c10::Dispatcher::singleton().findSchemaOrThrow(full.c_str(), out ? "out" : "");
  }
  /// Calls an operator from the top, or from the first of `keys` on.
  template <kind which>
  auto call(const Arguments<Family>& a, std::optional<DispatchKeySet> keys = {}) const {
    return as_tensors(run<which>(a, keys));
  }
  /// The same of one that writes.
  template <kind which>
  void write(const Arguments<Family>& a, Tensor& to, std::optional<DispatchKeySet> keys) const {
    run<which>(a, keys, &to);
  }

 private:
  static variable_list vector_jacobian_product(const Differentiable&, int which, const Constants&,
                                               at::ArrayRef<Tensor> saved,
                                               const variable_list& grads,
                                               at::ArrayRef<bool> needed);

  /// A tensor as an operator takes it.
  template <kind which, std::size_t i>
  static decltype(auto) given(const Arguments<Family>& a, Tensor* written) {
    const Tensor& t = a.at(F::place(which, i));
    using Type = detail::given<Family, which, i>;
    if constexpr (std::is_same_v<Type, Tensor&>)
      return *written;
    else if constexpr (std::is_same_v<Type, const Tensor&>)
      return t;
    else
      return t.defined() ? std::optional<Tensor>(t) : std::nullopt;
  }

  template <kind which>
  decltype(auto) run(const Arguments<Family>& a, std::optional<DispatchKeySet> keys,
                     Tensor* written = nullptr) const {
    return with_count<Family>(
        count, [&]<std::size_t... C>(std::index_sequence<C...>)->decltype(auto) {
          const auto& handle = *std::get<sizeof...(C)>(handles<which>());
          const auto call = [&](const auto&... more) -> decltype(auto) {
            return [&]<std::size_t... T, std::size_t... O>(std::index_sequence<T...>,
                                                           std::index_sequence<O...>)
                ->decltype(auto) {
              if (keys) {
                return handle.redispatch(*keys, given<which, T>(a, written)..., a.numbers[C]...,
                                         a.options[O]..., more...);
              }
              return handle.call(given<which, T>(a, written)..., a.numbers[C]..., a.options[O]...,
                                 more...);
            }
            (std::make_index_sequence<F::count(which)>(), std::make_index_sequence<F::options>());
          };
          if constexpr (F::has_mask(which)) {
            std::array<bool, F::results(which)> mask;
            std::copy_n(a.wanted.begin(), mask.size(), mask.begin());
            return call(mask);
          } else if constexpr (which == kind::out) {
            return call(std::ref(*written));
          } else {
            return call();
          }
        });
  }

  template <kind which, class Indices> struct handles_of;
  template <kind which, std::size_t... C> struct handles_of<which, std::index_sequence<C...>> {
    std::tuple<std::optional<c10::TypedOperatorHandle<signature<Family, which, C>>>...> by_count;
  };
  template <kind which>
  using Handles = handles_of<which, std::make_index_sequence<most_numbers<Family> + 1>>;
  struct : Handles<kind::value>,
           Handles<kind::in_place>,
           Handles<kind::out>,
           Handles<kind::with_index>,
           Handles<kind::backward>,
           Handles<kind::double_backward> {
  } handles_;
  template <kind which> auto& handles() { return static_cast<Handles<which>&>(handles_).by_count; }
  template <kind which> const auto& handles() const {
    return static_cast<const Handles<which>&>(handles_).by_count;
  }
};

}  // namespace nonlin
