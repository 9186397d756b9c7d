#pragma once
/// One pointwise activation behind PyTorch's dispatcher. register.cpp makes an Operator of every
/// descriptor and gives it kernels; the kernels reach each other through it, by way of the
/// dispatcher, so that every transform sees them.
#include <ATen/core/Tensor.h>
#include <c10/core/DispatchKeySet.h>

#include <optional>
#include <string>
#include <tuple>

#include "../descriptor.h"

namespace nonlin {

using at::Tensor;
using c10::DispatchKeySet;
using TensorPair = std::tuple<Tensor, Tensor>;
using Parameters = std::array<double, max_parameters>;

struct Activation;
struct Expressions;

#define NONLIN_EXPORT __attribute__((visibility("default")))

class Operator {
 public:
  explicit Operator(const Activation&);
  virtual ~Operator() = default;

  const pointwise::descriptor& unit;
  const Expressions& expressions;
  const std::string name;  // with its namespace, nonlin::

  /// Each calls the operator from the top, or from the first of `keys` on.
  using Keys = std::optional<DispatchKeySet>;
  virtual Tensor value(const Tensor& self, const Parameters&, Keys = {}) const = 0;
  virtual Tensor& value_(Tensor& self, const Parameters&, Keys = {}) const = 0;
  virtual Tensor& value_out(Tensor& out, const Tensor& self, const Parameters&,
                            Keys = {}) const = 0;
  virtual Tensor backward(const Tensor& grad_output, const Tensor& self, const Parameters&,
                          Keys = {}) const = 0;
  virtual TensorPair double_backward(const Tensor& grad_grad, const Tensor& grad_output,
                                     const Tensor& self, const Parameters&, Keys = {}) const = 0;

  int parameter_count() const { return unit.cpu[0]->parameter_count; }
  const parameter_info& parameter(int i) const { return unit.cpu[0]->parameters[i]; }
};

/// What an activation does on one dispatch key. A null entry leaves the key to PyTorch's fallback.
struct Kernels {
  Tensor (*value)(DispatchKeySet, const Operator&, const Tensor& self, const Parameters&);
  Tensor& (*in_place)(DispatchKeySet, const Operator&, Tensor& self, const Parameters&);
  Tensor& (*out)(DispatchKeySet, const Operator&, const Tensor& self, const Parameters&,
                 Tensor& out);
  Tensor (*backward)(DispatchKeySet, const Operator&, const Tensor& grad_output, const Tensor& self,
                     const Parameters&);
  TensorPair (*double_backward)(DispatchKeySet, const Operator&, const Tensor& grad_grad,
                                const Tensor& grad_output, const Tensor& self, const Parameters&);
};

Kernels cpu_kernels();
Kernels cuda_kernels();  // only in a build with CUDA
Kernels meta_kernels();
Kernels autograd_kernels();
Kernels inplace_or_view_kernels();
Kernels functionalize_kernels();

/// The batching rule of every pointwise operator, for the key FuncTorchBatched.
void batch_pointwise(const c10::OperatorHandle&, torch::jit::Stack*);

}  // namespace nonlin
