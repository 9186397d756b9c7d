#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/self_gated.h.
#include "common.h"

namespace nonlin::nn {

/// nonlin::hardswish.
class HardswishImpl : public detail::Activation<HardswishImpl> {
 public:
  at::Tensor forward(const at::Tensor& input) { return nonlin::hardswish(input); }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Hardswish()";
  }
};
TORCH_MODULE(Hardswish);

struct LiSHTOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::lisht.
class LiSHTImpl : public detail::Activation<LiSHTImpl> {
 public:
  explicit LiSHTImpl(const LiSHTOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::lisht_(input)
                             : nonlin::lisht(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::LiSHT()";
  }
  LiSHTOptions options;
};
TORCH_MODULE(LiSHT);

struct QuickGELUOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::quick_gelu.
class QuickGELUImpl : public detail::Activation<QuickGELUImpl> {
 public:
  explicit QuickGELUImpl(const QuickGELUOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::quick_gelu_(input)
                             : nonlin::quick_gelu(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::QuickGELU()";
  }
  QuickGELUOptions options;
};
TORCH_MODULE(QuickGELU);

struct SerfOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::serf.
class SerfImpl : public detail::Activation<SerfImpl> {
 public:
  explicit SerfImpl(const SerfOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::serf_(input)
                             : nonlin::serf(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Serf()";
  }
  SerfOptions options;
};
TORCH_MODULE(Serf);

}  // namespace nonlin::nn
