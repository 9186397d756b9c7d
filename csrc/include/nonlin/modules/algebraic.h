#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/algebraic.h.
#include "common.h"

namespace nonlin::nn {

struct SquareplusOptions {
  SquareplusOptions(double b = 4) : b_(b) {}
  TORCH_ARG(double, b);
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::squareplus.
class SquareplusImpl : public detail::Activation<SquareplusImpl> {
 public:
  explicit SquareplusImpl(const SquareplusOptions& options_ = {}) : options(options_) {
    detail::check_finite("Squareplus", "b", options.b());
  }
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::squareplus_(input, options.b())
                             : nonlin::squareplus(input, options.b());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Squareplus(b=" << options.b() << ")";
  }
  SquareplusOptions options;
};
TORCH_MODULE(Squareplus);

}  // namespace nonlin::nn
