#pragma once
/// Modules of functions/gated.h, which take one tensor, or gate and up.
#include <torch/nn/modules/common.h>
#include <torch/nn/modules/container/any_value.h>

#include <algorithm>

#include "common.h"

namespace nonlin::nn {

/// Where gate and up are in one tensor: along `dim`, in the layout "gate_first", "gate_last" or
/// "interleaved".
struct GatedOptions {
  TORCH_ARG(int64_t, dim) = -1;
  TORCH_ARG(std::string, layout) = "gate_first";
};
/// "none" or "tanh", as of GELU.
struct GEGLUOptions {
  TORCH_ARG(int64_t, dim) = -1;
  TORCH_ARG(std::string, layout) = "gate_first";
  TORCH_ARG(std::string, approximate) = "none";
};
struct SwiGLUOptions {
  TORCH_ARG(int64_t, dim) = -1;
  TORCH_ARG(std::string, layout) = "gate_first";
  TORCH_ARG(double, beta) = 1;
};
struct SwiGLUClampedOptions {
  TORCH_ARG(int64_t, dim) = -1;
  TORCH_ARG(std::string, layout) = "interleaved";
  TORCH_ARG(double, limit) = 7;
  TORCH_ARG(double, alpha) = 1.702;
};
struct GLUOptions {
  GLUOptions(int64_t dim = -1) : dim_(dim) {}
  GLUOptions(const torch::nn::GLUOptions& options) : dim_(options.dim()) {}
  TORCH_ARG(int64_t, dim);
  TORCH_ARG(std::string, layout) = "gate_last";
};

namespace detail {
/// The number of a layout.
inline int64_t layout_of(const char* name, const std::string& layout) {
  const char* all[] = {"gate_first", "gate_last", "interleaved"};
  const auto found = std::find(std::begin(all), std::end(all), layout);
  TORCH_CHECK_VALUE(found != std::end(all), "nonlin::nn::", name,
                    ": `layout` must be \"gate_first\", \"gate_last\" or \"interleaved\", got \"",
                    layout, "\"");
  return found - std::begin(all);
}
inline void show_layout(std::ostream& stream, int64_t dim, const std::string& layout,
                        const char* usual = "gate_first") {
  stream << "dim=" << dim;
  if (layout != usual) stream << ", layout=" << layout;
}
}  // namespace detail

/// nonlin::glu, or nonlin::glu_packed where `up` is not given.
class GLUImpl : public detail::Activation<GLUImpl> {
 public:
  explicit GLUImpl(const GLUOptions& options_ = {}) : options(options_) {
    detail::layout_of("GLU", options.layout());
  }
  at::Tensor forward(const at::Tensor& input, const at::Tensor& up = {}) {
    if (up.defined()) return nonlin::glu(input, up);
    return nonlin::glu_packed(input, options.dim(), detail::layout_of("GLU", options.layout()));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::GLU(";
    detail::show_layout(stream, options.dim(), options.layout(), "gate_last");
    stream << ")";
  }
  GLUOptions options;

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(at::Tensor())})
};
TORCH_MODULE(GLU);

/// nonlin::bilinear, or nonlin::bilinear_packed where `up` is not given.
class BilinearGLUImpl : public detail::Activation<BilinearGLUImpl> {
 public:
  explicit BilinearGLUImpl(const GatedOptions& options_ = {}) : options(options_) {
    detail::layout_of("BilinearGLU", options.layout());
  }
  at::Tensor forward(const at::Tensor& input, const at::Tensor& up = {}) {
    if (up.defined()) return nonlin::bilinear(input, up);
    return nonlin::bilinear_packed(input, options.dim(),
                                   detail::layout_of("BilinearGLU", options.layout()));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::BilinearGLU(";
    detail::show_layout(stream, options.dim(), options.layout(), "gate_first");
    stream << ")";
  }
  GatedOptions options;

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(at::Tensor())})
};
TORCH_MODULE(BilinearGLU);

/// nonlin::reglu, or nonlin::reglu_packed where `up` is not given.
class ReGLUImpl : public detail::Activation<ReGLUImpl> {
 public:
  explicit ReGLUImpl(const GatedOptions& options_ = {}) : options(options_) {
    detail::layout_of("ReGLU", options.layout());
  }
  at::Tensor forward(const at::Tensor& input, const at::Tensor& up = {}) {
    if (up.defined()) return nonlin::reglu(input, up);
    return nonlin::reglu_packed(input, options.dim(), detail::layout_of("ReGLU", options.layout()));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::ReGLU(";
    detail::show_layout(stream, options.dim(), options.layout(), "gate_first");
    stream << ")";
  }
  GatedOptions options;

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(at::Tensor())})
};
TORCH_MODULE(ReGLU);

/// nonlin::geglu, or nonlin::geglu_packed where `up` is not given.
class GEGLUImpl : public detail::Activation<GEGLUImpl> {
 public:
  explicit GEGLUImpl(const GEGLUOptions& options_ = {}) : options(options_) {
    detail::layout_of("GEGLU", options.layout());
    TORCH_CHECK_VALUE(options.approximate() == "none" || options.approximate() == "tanh",
                      "nonlin::nn::GEGLU: `approximate` must be \"none\" or \"tanh\", got \"",
                      options.approximate(), "\"");
  }
  at::Tensor forward(const at::Tensor& input, const at::Tensor& up = {}) {
    const bool tanh = options.approximate() == "tanh";
    if (up.defined()) return tanh ? nonlin::geglu_tanh(input, up) : nonlin::geglu(input, up);
    const int64_t layout = detail::layout_of("GEGLU", options.layout());
    return tanh ? nonlin::geglu_tanh_packed(input, options.dim(), layout)
                : nonlin::geglu_packed(input, options.dim(), layout);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::GEGLU(";
    detail::show_layout(stream, options.dim(), options.layout(), "gate_first");
    stream << ", approximate=" << options.approximate() << ")";
  }
  GEGLUOptions options;

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(at::Tensor())})
};
TORCH_MODULE(GEGLU);

/// nonlin::swiglu, or nonlin::swiglu_packed where `up` is not given.
class SwiGLUImpl : public detail::Activation<SwiGLUImpl> {
 public:
  explicit SwiGLUImpl(const SwiGLUOptions& options_ = {}) : options(options_) {
    detail::layout_of("SwiGLU", options.layout());
    detail::check_finite("SwiGLU", "beta", options.beta());
  }
  at::Tensor forward(const at::Tensor& input, const at::Tensor& up = {}) {
    if (up.defined()) return nonlin::swiglu(input, up, options.beta());
    return nonlin::swiglu_packed(input, options.beta(), options.dim(),
                                 detail::layout_of("SwiGLU", options.layout()));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::SwiGLU(";
    detail::show_layout(stream, options.dim(), options.layout(), "gate_first");
    stream << ", beta=" << options.beta() << ")";
  }
  SwiGLUOptions options;

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(at::Tensor())})
};
TORCH_MODULE(SwiGLU);

/// nonlin::swiglu_clamped, or nonlin::swiglu_clamped_packed where `up` is not given.
class SwiGLUClampedImpl : public detail::Activation<SwiGLUClampedImpl> {
 public:
  explicit SwiGLUClampedImpl(const SwiGLUClampedOptions& options_ = {}) : options(options_) {
    detail::layout_of("SwiGLUClamped", options.layout());
    detail::check_finite("SwiGLUClamped", "limit", options.limit());
    detail::check_finite("SwiGLUClamped", "alpha", options.alpha());
    TORCH_CHECK_VALUE(options.limit() > 0,
                      "nonlin::nn::SwiGLUClamped: `limit` must be positive, got ", options.limit());
  }
  at::Tensor forward(const at::Tensor& input, const at::Tensor& up = {}) {
    if (up.defined()) return nonlin::swiglu_clamped(input, up, options.limit(), options.alpha());
    return nonlin::swiglu_clamped_packed(input, options.limit(), options.alpha(), options.dim(),
                                         detail::layout_of("SwiGLUClamped", options.layout()));
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::SwiGLUClamped(";
    detail::show_layout(stream, options.dim(), options.layout(), "interleaved");
    stream << ", limit=" << options.limit() << ", alpha=" << options.alpha() << ")";
  }
  SwiGLUClampedOptions options;

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(at::Tensor())})
};
TORCH_MODULE(SwiGLUClamped);

}  // namespace nonlin::nn
