#pragma once
// Written by tools/api.
// clang-format off
/// Modules of functions/pointwise.h.
#include "common.h"

namespace nonlin::nn {

/// nonlin::mish.
class MishImpl : public detail::Activation<MishImpl> {
 public:
  at::Tensor forward(const at::Tensor& input) { return nonlin::mish(input); }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::Mish()";
  }
};
TORCH_MODULE(Mish);

/// nonlin::silu.
class SiLUImpl : public detail::Activation<SiLUImpl> {
 public:
  at::Tensor forward(const at::Tensor& input) { return nonlin::silu(input); }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::SiLU()";
  }
};
TORCH_MODULE(SiLU);

}  // namespace nonlin::nn
