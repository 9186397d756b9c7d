#pragma once
/// Modules whose numbers have checks of their own, other names in torch::nn or no defaults: what
/// tools/api does not write.
#include "common.h"

namespace nonlin::nn {

/// nonlin::hardtanh.
class HardtanhImpl : public detail::Activation<HardtanhImpl> {
 public:
  explicit HardtanhImpl(const torch::nn::HardtanhOptions& options_ = {}) : options(options_) {
    const double low = options.min_val(), high = options.max_val();
    detail::check_finite("Hardtanh", "min_val", low);
    detail::check_finite("Hardtanh", "max_val", high);
    TORCH_CHECK_VALUE(high > low,
                      "nonlin::nn::Hardtanh: `max_val` must be greater than `min_val`, got ", high,
                      ", ", low);
  }
  at::Tensor forward(at::Tensor input) {
    const double low = options.min_val(), high = options.max_val();
    return options.inplace() ? nonlin::hardtanh_(input, low, high)
                             : nonlin::hardtanh(input, low, high);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Hardtanh(min_val=" << options.min_val()
           << ", max_val=" << options.max_val() << ")";
  }
  torch::nn::HardtanhOptions options;
};
TORCH_MODULE(Hardtanh);

/// nonlin::threshold.
class ThresholdImpl : public detail::Activation<ThresholdImpl> {
 public:
  ThresholdImpl(double threshold, double value)
      : ThresholdImpl(torch::nn::ThresholdOptions(threshold, value)) {}
  explicit ThresholdImpl(const torch::nn::ThresholdOptions& options_) : options(options_) {
    detail::check_finite("Threshold", "threshold", options.threshold());
    detail::check_finite("Threshold", "value", options.value());
  }
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::threshold_(input, options.threshold(), options.value())
                             : nonlin::threshold(input, options.threshold(), options.value());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Threshold(threshold=" << options.threshold()
           << ", value=" << options.value() << ")";
  }
  torch::nn::ThresholdOptions options;
};
TORCH_MODULE(Threshold);

/// nonlin::softplus.
class SoftplusImpl : public detail::Activation<SoftplusImpl> {
 public:
  explicit SoftplusImpl(const torch::nn::SoftplusOptions& options_ = {}) : options(options_) {
    detail::check_finite("Softplus", "beta", options.beta());
    detail::check_finite("Softplus", "threshold", options.threshold());
    TORCH_CHECK_VALUE(options.beta() != 0, "nonlin::nn::Softplus: `beta` must not be 0");
  }
  at::Tensor forward(const at::Tensor& input) {
    return nonlin::softplus(input, options.beta(), options.threshold());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Softplus(beta=" << options.beta()
           << ", threshold=" << options.threshold() << ")";
  }
  torch::nn::SoftplusOptions options;
};
TORCH_MODULE(Softplus);

/// nonlin::softshrink.
class SoftshrinkImpl : public detail::Activation<SoftshrinkImpl> {
 public:
  explicit SoftshrinkImpl(const torch::nn::SoftshrinkOptions& options_ = {}) : options(options_) {
    detail::check_finite("Softshrink", "lambd", options.lambda());
    TORCH_CHECK_VALUE(options.lambda() >= 0,
                      "nonlin::nn::Softshrink: `lambd` must be at least 0, got ", options.lambda());
  }
  at::Tensor forward(const at::Tensor& input) {
    return nonlin::softshrink(input, options.lambda());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Softshrink(lambd=" << options.lambda() << ")";
  }
  torch::nn::SoftshrinkOptions options;
};
TORCH_MODULE(Softshrink);

/// nonlin::hardshrink.
class HardshrinkImpl : public detail::Activation<HardshrinkImpl> {
 public:
  explicit HardshrinkImpl(const torch::nn::HardshrinkOptions& options_ = {}) : options(options_) {
    detail::check_finite("Hardshrink", "lambd", options.lambda());
  }
  at::Tensor forward(const at::Tensor& input) {
    return nonlin::hardshrink(input, options.lambda());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Hardshrink(lambd=" << options.lambda() << ")";
  }
  torch::nn::HardshrinkOptions options;
};
TORCH_MODULE(Hardshrink);

struct SignOptions {
  SignOptions(bool straight_through = false) : straight_through_(straight_through) {}
  TORCH_ARG(bool, straight_through);
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::sign, or nonlin::sign_ste with SignOptions(true).
class SignImpl : public detail::Activation<SignImpl> {
 public:
  explicit SignImpl(const SignOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    if (options.straight_through()) {
      return options.inplace() ? nonlin::sign_ste_(input) : nonlin::sign_ste(input);
    }
    return options.inplace() ? nonlin::sign_(input) : nonlin::sign(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Sign(straight_through="
           << (options.straight_through() ? "true" : "false") << ")";
  }
  SignOptions options;
};
TORCH_MODULE(Sign);

}  // namespace nonlin::nn
