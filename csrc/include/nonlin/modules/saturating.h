#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/saturating.h.
#include "common.h"

namespace nonlin::nn {

/// nonlin::hardsigmoid.
class HardsigmoidImpl : public detail::Activation<HardsigmoidImpl> {
 public:
  at::Tensor forward(const at::Tensor& input) { return nonlin::hardsigmoid(input); }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Hardsigmoid()";
  }
};
TORCH_MODULE(Hardsigmoid);

struct LogSigmoidOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::logsigmoid.
class LogSigmoidImpl : public detail::Activation<LogSigmoidImpl> {
 public:
  explicit LogSigmoidImpl(const LogSigmoidOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::logsigmoid_(input)
                             : nonlin::logsigmoid(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::LogSigmoid()";
  }
  LogSigmoidOptions options;
};
TORCH_MODULE(LogSigmoid);

struct SigmoidOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::sigmoid.
class SigmoidImpl : public detail::Activation<SigmoidImpl> {
 public:
  explicit SigmoidImpl(const SigmoidOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::sigmoid_(input)
                             : nonlin::sigmoid(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Sigmoid()";
  }
  SigmoidOptions options;
};
TORCH_MODULE(Sigmoid);

struct SoftsignOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::softsign.
class SoftsignImpl : public detail::Activation<SoftsignImpl> {
 public:
  explicit SoftsignImpl(const SoftsignOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::softsign_(input)
                             : nonlin::softsign(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Softsign()";
  }
  SoftsignOptions options;
};
TORCH_MODULE(Softsign);

struct TanhOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::tanh.
class TanhImpl : public detail::Activation<TanhImpl> {
 public:
  explicit TanhImpl(const TanhOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::tanh_(input)
                             : nonlin::tanh(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Tanh()";
  }
  TanhOptions options;
};
TORCH_MODULE(Tanh);

}  // namespace nonlin::nn
