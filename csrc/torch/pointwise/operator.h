#pragma once
/// One pointwise activation behind PyTorch's dispatcher. register.cpp makes Operators of every
/// descriptor and gives them kernels; the kernels reach each other through them, by way of the
/// dispatcher, so that every transform sees them.
#include "../autograd.h"
#include "../catalogue.h"

namespace nonlin::pointwise {

using TensorPair = std::tuple<Tensor, Tensor>;

/// The differentiable operators.
enum : int { of_value, of_backward, of_double_backward };

/// The operators' types, with as many hyper-parameters as there are indices.
template <std::size_t> using number = const c10::Scalar&;
template <class Indices> struct signature;
template <std::size_t... I> struct signature<std::index_sequence<I...>> {
  using value = Tensor(const Tensor& self, number<I>...);
  using in_place = Tensor&(Tensor& self, number<I>...);
  using out = Tensor&(const Tensor& self, number<I>..., Tensor& out);
  using backward = Tensor(const Tensor& grad_output, const Tensor& self, number<I>...);
  using double_backward = TensorPair(const Tensor& grad_grad, const Tensor& grad_output,
                                     const Tensor& self, number<I>...);
};

/// Calls use(indices), one for each hyper-parameter of the unit.
template <class Use> void with_indices(const descriptor& unit, const Use& use) {
  const auto among = [&]<int... Count>(std::integer_sequence<int, Count...>) {
    const int wanted = unit.cpu[0]->parameter_count;
    ((wanted == Count ? use(std::make_index_sequence<Count>{}) : void()), ...);
  };
  among(std::make_integer_sequence<int, max_parameters + 1>{});
}

class Operators : public Differentiable {
 public:
  explicit Operators(const Activation&);

  const Activation& activation;
  const descriptor& unit;
  const std::string name;  // with its namespace, nonlin::

  /// Each calls the operator from the top, or from the first of `keys` on.
  using Keys = std::optional<DispatchKeySet>;
  virtual Tensor value(const Tensor& self, const Numbers&, Keys = {}) const = 0;
  virtual Tensor& value_(Tensor& self, const Numbers&, Keys = {}) const = 0;
  virtual Tensor& value_out(Tensor& out, const Tensor& self, const Numbers&, Keys = {}) const = 0;
  virtual Tensor backward(const Tensor& grad_output, const Tensor& self, const Numbers&,
                          Keys = {}) const = 0;
  virtual TensorPair double_backward(const Tensor& grad_grad, const Tensor& grad_output,
                                     const Tensor& self, const Numbers&, Keys = {}) const = 0;

  variable_list vector_jacobian_product(int which, const Constants&, at::ArrayRef<Tensor> saved,
                                        const variable_list& grads,
                                        at::ArrayRef<bool> needed) const override;

  int parameter_count() const { return unit.cpu[0]->parameter_count; }
  const parameter_info& parameter(int i) const { return unit.cpu[0]->parameters[i]; }
};

/// What an activation does on one dispatch key.
struct Kernels {
  Tensor (*value)(DispatchKeySet, const Operators&, const Tensor& self, const Numbers&);
  Tensor& (*in_place)(DispatchKeySet, const Operators&, Tensor& self, const Numbers&);
  Tensor& (*out)(DispatchKeySet, const Operators&, const Tensor& self, const Numbers&, Tensor& out);
  Tensor (*backward)(DispatchKeySet, const Operators&, const Tensor& grad_output,
                     const Tensor& self, const Numbers&);
  TensorPair (*double_backward)(DispatchKeySet, const Operators&, const Tensor& grad_grad,
                                const Tensor& grad_output, const Tensor& self, const Numbers&);
};

Kernels cpu_kernels();
Kernels cuda_kernels();  // for operators whose unit has them
Kernels meta_kernels();
Kernels autograd_kernels();

/// The batching rule of every pointwise operator, for the key FuncTorchBatched.
void batch(const c10::OperatorHandle&, torch::jit::Stack*);

}  // namespace nonlin::pointwise
