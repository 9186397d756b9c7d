#pragma once
/// What modules have in common.
#include <torch/nn/cloneable.h>
#include <torch/nn/options/activation.h>
#include <torch/nn/pimpl.h>

#include <cmath>

#include "../functions.h"

namespace nonlin::nn {

namespace detail {
/// A module without parameters or buffers. Implementations add `forward`.
template <class Derived> class Activation : public torch::nn::Cloneable<Derived> {
 public:
  void reset() override {}
};

inline void check_finite(const char* name, const char* option, double value) {
  TORCH_CHECK_VALUE(std::isfinite(value), "nonlin::nn::", name, ": `", option,
                    "` must be finite, got ", value);
}
inline void check_parameters(const char* name, int64_t num_parameters) {
  TORCH_CHECK_VALUE(num_parameters >= 1, "nonlin::nn::", name,
                    ": `num_parameters` must be at least 1, got ", num_parameters);
}
inline void show_dim(std::ostream& stream, int64_t dim) {
  if (dim != 1) stream << ", dim=" << dim;
}
}  // namespace detail

}  // namespace nonlin::nn
