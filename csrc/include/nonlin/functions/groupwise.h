#pragma once
/// Activations that choose one entry out of every group. They change the shape, so there are no
/// in-place forms, and `out` shares no memory with `self`.
#include <tuple>

#include "find.h"

namespace nonlin {

/// maxout(x): the largest of every k consecutive entries of the dimension `dim`, the first of
/// equals, and a NaN before any number. Goodfellow and others 2013, arXiv 1302.4389.
inline at::Tensor maxout(const at::Tensor& self, int64_t k, int64_t dim = -1) {
  static const auto op =
      detail::find<at::Tensor(const at::Tensor&, int64_t, int64_t)>("nonlin::maxout");
  return op.call(self, k, dim);
}
inline at::Tensor& maxout_out(at::Tensor& out, const at::Tensor& self, int64_t k,
                              int64_t dim = -1) {
  static const auto op =
      detail::find<at::Tensor&(const at::Tensor&, int64_t, int64_t, at::Tensor&)>("nonlin::maxout",
                                                                                  "out");
  return op.call(self, k, dim, out);
}
/// Also the place of each chosen entry in its group, from 0 to k − 1, as uint8.
inline std::tuple<at::Tensor, at::Tensor> maxout_with_index(const at::Tensor& self, int64_t k,
                                                            int64_t dim = -1) {
  static const auto op =
      detail::find<std::tuple<at::Tensor, at::Tensor>(const at::Tensor&, int64_t, int64_t)>(
          "nonlin::maxout_with_index");
  return op.call(self, k, dim);
}

}  // namespace nonlin
