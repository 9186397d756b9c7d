#pragma once
/// The activations as modules, options and all as their namesakes in torch::nn have them:
///
///   nonlin::nn::ELU elu(torch::nn::ELUOptions().alpha(0.5).inplace(true));
///   torch::nn::Sequential net(torch::nn::Linear(8, 8), nonlin::nn::Mish(),
///                             torch::nn::Linear(8, 1));
///   nonlin::nn::Swish swish(nonlin::nn::SwishOptions().learnable(true));
#include <torch/nn/cloneable.h>
#include <torch/nn/options/activation.h>
#include <torch/nn/pimpl.h>

#include <cmath>

#include "functions.h"

namespace nonlin::nn {

namespace detail {
/// A module without parameters or buffers. Implementations add `forward`.
template <class Derived> class Activation : public torch::nn::Cloneable<Derived> {
 public:
  void reset() override {}
};

inline void check_finite(const char* name, const char* option, double value) {
  TORCH_CHECK_VALUE(std::isfinite(value), "nonlin::nn::", name, ": `", option,
                    "` must be finite, got ", value);
}
inline void check_parameters(const char* name, int64_t num_parameters) {
  TORCH_CHECK_VALUE(num_parameters >= 1, "nonlin::nn::", name,
                    ": `num_parameters` must be at least 1, got ", num_parameters);
}
inline void show_dim(std::ostream& stream, int64_t dim) {
  if (dim != 1) stream << ", dim=" << dim;
}
}  // namespace detail

/// nonlin::gelu, or nonlin::gelu_tanh with GELUOptions().approximate("tanh").
class GELUImpl : public detail::Activation<GELUImpl> {
 public:
  explicit GELUImpl(torch::nn::GELUOptions options_ = {}) : options(std::move(options_)) {
    TORCH_CHECK_VALUE(options.approximate() == "none" || options.approximate() == "tanh",
                      "nonlin::nn::GELU: `approximate` must be \"none\" or \"tanh\", got \"",
                      options.approximate(), "\"");
  }
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
  /// Makes beta a parameter, which starts at the option's value.
  TORCH_ARG(bool, learnable) = false;
  /// 1, or one for each entry of the dimension `dim`.
  TORCH_ARG(int64_t, num_parameters) = 1;
  TORCH_ARG(int64_t, dim) = 1;
};

/// nonlin::swish. `beta` is undefined where it is not learned.
class SwishImpl : public torch::nn::Cloneable<SwishImpl> {
 public:
  explicit SwishImpl(const SwishOptions& options_ = {}) : options(options_) { reset(); }
  void reset() override {
    const bool learnable = options.learnable();
    detail::check_finite("Swish", "beta", options.beta());
    detail::check_parameters("Swish", options.num_parameters());
    TORCH_CHECK_VALUE(learnable || options.num_parameters() == 1,
                      "nonlin::nn::Swish: `num_parameters` must be 1 where `learnable` is false, "
                      "got ",
                      options.num_parameters());
    if (learnable) {
      beta = register_parameter("beta", torch::full(options.num_parameters(), options.beta()));
    }
  }
  at::Tensor forward(at::Tensor input) {
    if (beta.defined()) {
      return options.inplace() ? nonlin::swish_(input, beta, options.dim())
                               : nonlin::swish(input, beta, options.dim());
    }
    return options.inplace() ? nonlin::swish_(input, options.beta())
                             : nonlin::swish(input, options.beta());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Swish(";
    if (options.learnable()) {
      stream << "learnable=true, num_parameters=" << options.num_parameters();
      detail::show_dim(stream, options.dim());
    } else {
      stream << "beta=" << options.beta();
    }
    stream << ")";
  }
  SwishOptions options;
  at::Tensor beta;
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
  explicit ELUImpl(const torch::nn::ELUOptions& options_ = {}) : options(options_) {
    detail::check_finite("ELU", "alpha", options.alpha());
  }
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
  explicit CELUImpl(const torch::nn::CELUOptions& options_ = {}) : options(options_) {
    detail::check_finite("CELU", "alpha", options.alpha());
    TORCH_CHECK_VALUE(options.alpha() != 0, "nonlin::nn::CELU: `alpha` must not be 0");
  }
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

struct PReLUOptions {
  PReLUOptions(const torch::nn::PReLUOptions& options = {})
      : num_parameters_(options.num_parameters()), init_(options.init()) {}
  /// 1, or one for each entry of the dimension `dim`.
  TORCH_ARG(int64_t, num_parameters);
  TORCH_ARG(double, init);
  TORCH_ARG(int64_t, dim) = 1;
};

/// nonlin::prelu.
class PReLUImpl : public torch::nn::Cloneable<PReLUImpl> {
 public:
  explicit PReLUImpl(const PReLUOptions& options_ = {}) : options(options_) { reset(); }
  void reset() override {
    detail::check_parameters("PReLU", options.num_parameters());
    detail::check_finite("PReLU", "init", options.init());
    weight = register_parameter("weight", torch::full(options.num_parameters(), options.init()));
  }
  at::Tensor forward(const at::Tensor& input) {
    return nonlin::prelu(input, weight, options.dim());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::PReLU(num_parameters=" << options.num_parameters();
    detail::show_dim(stream, options.dim());
    stream << ")";
  }
  PReLUOptions options;
  at::Tensor weight;
};
TORCH_MODULE(PReLU);

struct MaxoutOptions {
  MaxoutOptions(int64_t k) : k_(k) {}
  /// Entries in a group.
  TORCH_ARG(int64_t, k);
  TORCH_ARG(int64_t, dim) = -1;
};

/// nonlin::maxout.
class MaxoutImpl : public detail::Activation<MaxoutImpl> {
 public:
  explicit MaxoutImpl(const MaxoutOptions& options_) : options(options_) {
    TORCH_CHECK_VALUE(options.k() >= 1 && options.k() <= 256,
                      "nonlin::nn::Maxout: `k` must be from 1 to 256, got ", options.k());
  }
  at::Tensor forward(const at::Tensor& input) {
    return nonlin::maxout(input, options.k(), options.dim());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Maxout(k=" << options.k() << ", dim=" << options.dim() << ")";
  }
  MaxoutOptions options;
};
TORCH_MODULE(Maxout);

}  // namespace nonlin::nn
