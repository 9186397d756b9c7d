#pragma once
// Written by tools/api.
// clang-format off
/// ELU, and what is made of it: CELU and SELU.
#include "call.h"

namespace nonlin {

/// elu(x) = scale·x for x > 0, else scale·α·(e^(ix) − 1), i = input_scale. Clevert et al. 2015,
/// arXiv 1511.07289.
inline at::Tensor elu(const at::Tensor& self, double alpha = 1, double scale = 1,
    double input_scale = 1) {
  return detail::call<"elu">(self, alpha, scale, input_scale);
}
inline at::Tensor& elu_(at::Tensor& self, double alpha = 1, double scale = 1,
    double input_scale = 1) {
  return detail::call_<"elu">(self, alpha, scale, input_scale);
}
inline at::Tensor& elu_out(at::Tensor& out, const at::Tensor& self, double alpha = 1,
    double scale = 1, double input_scale = 1) {
  return detail::call_out<"elu">(out, self, alpha, scale, input_scale);
}

}  // namespace nonlin
