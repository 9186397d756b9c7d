#pragma once
/// The activations as modules, options and all as their namesakes in torch::nn have them:
///
///   nonlin::nn::ELU elu(torch::nn::ELUOptions().alpha(0.5).inplace(true));
///   torch::nn::Sequential net(torch::nn::Linear(8, 8), nonlin::nn::Mish(),
///                             torch::nn::Linear(8, 1));
#include <torch/nn/cloneable.h>
#include <torch/nn/options/activation.h>
#include <torch/nn/pimpl.h>

#include "functions.h"

namespace nonlin::nn {

namespace detail {
/// A module without parameters or buffers. Implementations add `forward`.
template <class Derived> class Activation : public torch::nn::Cloneable<Derived> {
 public:
  void reset() override {}
};
}  // namespace detail

/// nonlin::gelu, or nonlin::gelu_tanh with GELUOptions().approximate("tanh").
class GELUImpl : public detail::Activation<GELUImpl> {
 public:
  explicit GELUImpl(torch::nn::GELUOptions options_ = {}) : options(std::move(options_)) {}
  at::Tensor forward(const at::Tensor& input) { return nonlin::gelu(input, options.approximate()); }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::GELU(approximate=" << options.approximate() << ")";
  }
  torch::nn::GELUOptions options;
};
TORCH_MODULE(GELU);

struct SwishOptions {
  SwishOptions(double beta = 1) : beta_(beta) {}
  TORCH_ARG(double, beta);
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::swish.
class SwishImpl : public detail::Activation<SwishImpl> {
 public:
  explicit SwishImpl(const SwishOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::swish_(input, options.beta())
                             : nonlin::swish(input, options.beta());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Swish(beta=" << options.beta() << ")";
  }
  SwishOptions options;
};
TORCH_MODULE(Swish);

/// nonlin::silu.
class SiLUImpl : public detail::Activation<SiLUImpl> {
 public:
  at::Tensor forward(const at::Tensor& input) { return nonlin::silu(input); }
  void pretty_print(std::ostream& stream) const override { stream << "nonlin::nn::SiLU()"; }
};
TORCH_MODULE(SiLU);

/// nonlin::mish.
class MishImpl : public detail::Activation<MishImpl> {
 public:
  at::Tensor forward(const at::Tensor& input) { return nonlin::mish(input); }
  void pretty_print(std::ostream& stream) const override { stream << "nonlin::nn::Mish()"; }
};
TORCH_MODULE(Mish);

/// nonlin::elu.
class ELUImpl : public detail::Activation<ELUImpl> {
 public:
  explicit ELUImpl(const torch::nn::ELUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::elu_(input, options.alpha())
                             : nonlin::elu(input, options.alpha());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::ELU(alpha=" << options.alpha() << ")";
  }
  torch::nn::ELUOptions options;
};
TORCH_MODULE(ELU);

/// nonlin::celu.
class CELUImpl : public detail::Activation<CELUImpl> {
 public:
  explicit CELUImpl(const torch::nn::CELUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::celu_(input, options.alpha())
                             : nonlin::celu(input, options.alpha());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::CELU(alpha=" << options.alpha() << ")";
  }
  torch::nn::CELUOptions options;
};
TORCH_MODULE(CELU);

/// nonlin::selu.
class SELUImpl : public detail::Activation<SELUImpl> {
 public:
  explicit SELUImpl(const torch::nn::SELUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::selu_(input) : nonlin::selu(input);
  }
  void pretty_print(std::ostream& stream) const override { stream << "nonlin::nn::SELU()"; }
  torch::nn::SELUOptions options;
};
TORCH_MODULE(SELU);

}  // namespace nonlin::nn
