#pragma once
/// One activation that chooses an entry of every group behind PyTorch's dispatcher. register.cpp
/// makes Operators of every descriptor and gives them kernels.
#include "../autograd.h"
#include "../catalogue.h"
#include "../signature.h"

namespace nonlin::groupwise {

using TensorPair = std::tuple<Tensor, Tensor>;

/// The differentiable operators. All are linear but the first, whose derivative is the last.
enum : int { of_value, of_backward, of_gather };

namespace signature {
using value = Tensor(const Tensor& self, std::int64_t k, std::int64_t dim);
using out = Tensor&(const Tensor& self, std::int64_t k, std::int64_t dim, Tensor& out);
using with_index = TensorPair(const Tensor& self, std::int64_t k, std::int64_t dim);
using backward = Tensor(const Tensor& grad_output, const Tensor& index, std::int64_t k,
                        std::int64_t dim);
using gather = Tensor(const Tensor& input, const Tensor& index, std::int64_t k, std::int64_t dim);
}  // namespace signature

class Operators final : public Differentiable {
  template <class Signature> using Handle = c10::TypedOperatorHandle<Signature>;

 public:
  explicit Operators(const Activation&);

  const descriptor& unit;
  const std::string name;  // with its namespace, nonlin::

  const Handle<signature::value> value;
  const Handle<signature::out> out;
  const Handle<signature::with_index> with_index;
  const Handle<signature::backward> backward;
  const Handle<signature::gather> gather;

  variable_list vector_jacobian_product(int which, const Constants&, at::ArrayRef<Tensor> saved,
                                        const variable_list& grads,
                                        at::ArrayRef<bool> needed) const override;
};

/// What an activation does on one dispatch key.
template <class Signature> using Kernel = KernelFor<Operators, Signature>;
struct Kernels {
  Kernel<signature::value> value;
  Kernel<signature::out> out;
  Kernel<signature::with_index> with_index;
  Kernel<signature::backward> backward;
  Kernel<signature::gather> gather;
};

Kernels cpu_kernels();
Kernels cuda_kernels();  // for operators whose unit has them
Kernels meta_kernels();
Kernels autograd_kernels();

/// The batching rule of all operators, for the key FuncTorchBatched.
void batch(const c10::OperatorHandle&, torch::jit::Stack*);

}  // namespace nonlin::groupwise
