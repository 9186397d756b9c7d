#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/saturating.h.
#include "common.h"

namespace nonlin::nn {

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

}  // namespace nonlin::nn
