#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/exponential.h.
#include "common.h"

namespace nonlin::nn {

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

/// nonlin::selu.
class SELUImpl : public detail::Activation<SELUImpl> {
 public:
  explicit SELUImpl(const torch::nn::SELUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::selu_(input)
                             : nonlin::selu(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::SELU()";
  }
  torch::nn::SELUOptions options;
};
TORCH_MODULE(SELU);

}  // namespace nonlin::nn
