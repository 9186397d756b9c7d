#pragma once
/// Modules with more than numbers and `inplace` for options, or with checks of their own: what
/// tools/api does not write.
#include "common.h"

namespace nonlin::nn {

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
