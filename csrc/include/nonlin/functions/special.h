#pragma once
/// Functions that are no operators of their own, and overloads: what tools/api does not write.
#include <cmath>
#include <string_view>

#include "exponential.h"
#include "gated.h"
#include "parametric.h"
#include "pointwise.h"
#include "rectified.h"

namespace nonlin {

/// gelu or gelu_tanh, as PyTorch chooses them: `approximate` is "none" or "tanh".
inline at::Tensor gelu(const at::Tensor& self, std::string_view approximate) {
  TORCH_CHECK_VALUE(approximate == "none" || approximate == "tanh",
                    "nonlin::gelu: `approximate` must be \"none\" or \"tanh\", got \"", approximate,
                    "\"");
  return approximate == "tanh" ? gelu_tanh(self) : nonlin::gelu(self);
}

/// geglu or geglu_tanh, likewise.
inline at::Tensor geglu(const at::Tensor& self, const at::Tensor& up,
                        std::string_view approximate) {
  TORCH_CHECK_VALUE(approximate == "none" || approximate == "tanh",
                    "nonlin::geglu: `approximate` must be \"none\" or \"tanh\", got \"",
                    approximate, "\"");
  return approximate == "tanh" ? geglu_tanh(self, up) : nonlin::geglu(self, up);
}

/// swish with a β that is learned.
inline at::Tensor swish(const at::Tensor& self, const at::Tensor& beta, int64_t dim = 1) {
  return parametric_swish(self, beta, dim);
}
inline at::Tensor& swish_(at::Tensor& self, const at::Tensor& beta, int64_t dim = 1) {
  return parametric_swish_(self, beta, dim);
}
inline at::Tensor& swish_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& beta,
                             int64_t dim = 1) {
  return parametric_swish_out(out, self, beta, dim);
}

namespace detail {
/// For a function that is an operator of another name, which would be in the message.
template <class Self> Self& checked(const char* function, Self& self) {
  TORCH_CHECK_TYPE(self.defined(), "nonlin::", function, ": `self` must be a tensor, got None");
  const auto type = self.scalar_type();
  TORCH_CHECK_NOT_IMPLEMENTED(
      type == at::kFloat || type == at::kDouble || type == at::kHalf || type == at::kBFloat16,
      "nonlin::", function, ": `self` must have dtype float64, float32, float16 or bfloat16, got ",
      type);
  return self;
}
}  // namespace detail

/// silu(x) = x·σ(x), swish with β = 1. Elfwing, Uchibe, Doya 2017, arXiv 1702.03118.
inline at::Tensor silu(const at::Tensor& self) { return swish(detail::checked("silu", self)); }
inline at::Tensor& silu_(at::Tensor& self) { return swish_(detail::checked("silu", self)); }
inline at::Tensor& silu_out(at::Tensor& out, const at::Tensor& self) {
  return swish_out(out, detail::checked("silu", self));
}

namespace detail {
/// 1/α, for elu's input_scale: by that name the operator would refuse what is not finite.
inline double celu_input_scale(const at::Tensor& self, double alpha) {
  checked("celu", self);
  TORCH_CHECK_VALUE(alpha != 0, "nonlin::celu: `alpha` must not be 0");
  const bool is_double = self.scalar_type() == at::kDouble;
  const auto finite = [=](double x) {
    return std::isfinite(is_double ? x : static_cast<float>(x));
  };
  TORCH_CHECK_VALUE(finite(alpha) && finite(1 / alpha),
                    "nonlin::celu: `alpha` and its reciprocal must be finite in ",
                    is_double ? "float64" : "float32", ", got ", alpha);
  return 1 / alpha;
}
constexpr double selu_alpha = 1.6732632423543772848170429916717;
constexpr double selu_scale = 1.0507009873554804934193349852946;
}  // namespace detail

/// celu(x) = max(0, x) + min(0, α·(e^(x/α) − 1)). Barron 2017, arXiv 1704.07483.
inline at::Tensor celu(const at::Tensor& self, double alpha = 1) {
  return elu(self, alpha, 1, detail::celu_input_scale(self, alpha));
}
inline at::Tensor& celu_(at::Tensor& self, double alpha = 1) {
  return elu_(self, alpha, 1, detail::celu_input_scale(self, alpha));
}
inline at::Tensor& celu_out(at::Tensor& out, const at::Tensor& self, double alpha = 1) {
  return elu_out(out, self, alpha, 1, detail::celu_input_scale(self, alpha));
}

/// relu6(x) = min(max(x, 0), 6), hardtanh with these limits. Krizhevsky 2010.
inline at::Tensor relu6(const at::Tensor& self) {
  return hardtanh(detail::checked("relu6", self), 0, 6);
}
inline at::Tensor& relu6_(at::Tensor& self) {
  return hardtanh_(detail::checked("relu6", self), 0, 6);
}
inline at::Tensor& relu6_out(at::Tensor& out, const at::Tensor& self) {
  return hardtanh_out(out, detail::checked("relu6", self), 0, 6);
}

/// quick_gelu(x) = x·σ(1.702·x), swish with this β. Hendrycks, Gimpel 2016, arXiv 1606.08415.
inline at::Tensor quick_gelu(const at::Tensor& self) {
  return swish(detail::checked("quick_gelu", self), 1.702);
}
inline at::Tensor& quick_gelu_(at::Tensor& self) {
  return swish_(detail::checked("quick_gelu", self), 1.702);
}
inline at::Tensor& quick_gelu_out(at::Tensor& out, const at::Tensor& self) {
  return swish_out(out, detail::checked("quick_gelu", self), 1.702);
}

/// selu(x) = scale·elu(x; alpha) with the two constants of self-normalising networks. Klambauer and
/// others 2017, arXiv 1706.02515.
inline at::Tensor selu(const at::Tensor& self) {
  return elu(detail::checked("selu", self), detail::selu_alpha, detail::selu_scale);
}
inline at::Tensor& selu_(at::Tensor& self) {
  return elu_(detail::checked("selu", self), detail::selu_alpha, detail::selu_scale);
}
inline at::Tensor& selu_out(at::Tensor& out, const at::Tensor& self) {
  return elu_out(out, detail::checked("selu", self), detail::selu_alpha, detail::selu_scale);
}

}  // namespace nonlin
