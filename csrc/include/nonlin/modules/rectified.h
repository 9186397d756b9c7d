#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/rectified.h.
#include "common.h"

namespace nonlin::nn {

/// nonlin::leaky_relu.
class LeakyReLUImpl : public detail::Activation<LeakyReLUImpl> {
 public:
  explicit LeakyReLUImpl(const torch::nn::LeakyReLUOptions& options_ = {}) : options(options_) {
    detail::check_finite("LeakyReLU", "negative_slope", options.negative_slope());
  }
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::leaky_relu_(input, options.negative_slope())
                             : nonlin::leaky_relu(input, options.negative_slope());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::LeakyReLU(negative_slope=" << options.negative_slope() << ")";
  }
  torch::nn::LeakyReLUOptions options;
};
TORCH_MODULE(LeakyReLU);

/// nonlin::relu.
class ReLUImpl : public detail::Activation<ReLUImpl> {
 public:
  explicit ReLUImpl(const torch::nn::ReLUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::relu_(input)
                             : nonlin::relu(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::ReLU()";
  }
  torch::nn::ReLUOptions options;
};
TORCH_MODULE(ReLU);

/// nonlin::relu6.
class ReLU6Impl : public detail::Activation<ReLU6Impl> {
 public:
  explicit ReLU6Impl(const torch::nn::ReLU6Options& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::relu6_(input)
                             : nonlin::relu6(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::ReLU6()";
  }
  torch::nn::ReLU6Options options;
};
TORCH_MODULE(ReLU6);

struct SquaredReLUOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::squared_relu.
class SquaredReLUImpl : public detail::Activation<SquaredReLUImpl> {
 public:
  explicit SquaredReLUImpl(const SquaredReLUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::squared_relu_(input)
                             : nonlin::squared_relu(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::SquaredReLU()";
  }
  SquaredReLUOptions options;
};
TORCH_MODULE(SquaredReLU);

}  // namespace nonlin::nn
