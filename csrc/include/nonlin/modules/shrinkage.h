#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/shrinkage.h.
#include "common.h"

namespace nonlin::nn {

struct TanhshrinkOptions {
  TORCH_ARG(bool, inplace) = false;
};

/// nonlin::tanhshrink.
class TanhshrinkImpl : public detail::Activation<TanhshrinkImpl> {
 public:
  explicit TanhshrinkImpl(const TanhshrinkOptions& options_ = {}) : options(options_) {}
  at::Tensor forward(at::Tensor input) {
    return options.inplace() ? nonlin::tanhshrink_(input)
                             : nonlin::tanhshrink(input);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Tanhshrink()";
  }
  TanhshrinkOptions options;
};
TORCH_MODULE(Tanhshrink);

}  // namespace nonlin::nn
