#pragma once
/// One activation with a learnable weight behind PyTorch's dispatcher. register.cpp makes Operators
/// of every descriptor and gives them kernels.
#include "../autograd.h"
#include "../catalogue.h"
#include "../signature.h"

namespace nonlin::parametric {

using TensorPair = std::tuple<Tensor, Tensor>;
using TensorTriple = std::tuple<Tensor, Tensor, Tensor>;
using OptionalTensor = std::optional<Tensor>;
/// Which results are wanted; the others are undefined and not computed.
using Mask2 = std::array<bool, 2>;
using Mask3 = std::array<bool, 3>;

/// The differentiable operators.
enum : int { of_value, of_backward, of_double_backward };

namespace signature {
using value = Tensor(const Tensor& self, const Tensor& weight, std::int64_t dim);
using in_place = Tensor&(Tensor& self, const Tensor& weight, std::int64_t dim);
using out = Tensor&(const Tensor& self, const Tensor& weight, std::int64_t dim, Tensor& out);
using backward = TensorPair(const Tensor& grad_output, const Tensor& self, const Tensor& weight,
                            std::int64_t dim, Mask2 mask);
using double_backward = TensorTriple(const OptionalTensor& grad_grad_self,
                                     const OptionalTensor& grad_grad_weight,
                                     const OptionalTensor& grad_output, const Tensor& self,
                                     const Tensor& weight, std::int64_t dim, Mask3 mask);
}  // namespace signature

class Operators final : public Differentiable {
  template <class Signature> using Handle = c10::TypedOperatorHandle<Signature>;

 public:
  explicit Operators(const Activation&);

  const Activation& activation;
  const descriptor& unit;
  const std::string name;  // with its namespace, nonlin::

  const Handle<signature::value> value;
  const Handle<signature::in_place> in_place;
  const Handle<signature::out> out;
  const Handle<signature::backward> backward;
  const Handle<signature::double_backward> double_backward;

  variable_list vector_jacobian_product(int which, const Constants&, at::ArrayRef<Tensor> saved,
                                        const variable_list& grads,
                                        at::ArrayRef<bool> needed) const override;
};

/// What an activation does on one dispatch key.
template <class Signature> using Kernel = KernelFor<Operators, Signature>;
struct Kernels {
  Kernel<signature::value> value;
  Kernel<signature::in_place> in_place;
  Kernel<signature::out> out;
  Kernel<signature::backward> backward;
  Kernel<signature::double_backward> double_backward;
};

Kernels cpu_kernels();
Kernels cuda_kernels();  // for operators whose unit has them
Kernels meta_kernels();
Kernels autograd_kernels();

/// The batching rule of all operators, for the key FuncTorchBatched.
void batch(const c10::OperatorHandle&, torch::jit::Stack*);

}  // namespace nonlin::parametric
