#pragma once
// Written by tools/api.
// clang-format off
/// Activations that choose one entry out of every group. They change the shape, so there are no
/// in-place forms, and `out` shares no memory with `self`.
#include <tuple>
#include "call.h"

namespace nonlin {

/// Maxout: the largest of every k consecutive entries of dimension `dim`. Goodfellow, Warde-Farley,
/// Mirza, Courville and Bengio 2013, arXiv 1302.4389.
inline at::Tensor maxout(const at::Tensor& self, int64_t k, int64_t dim = -1) {
  return detail::call<"maxout">(self, k, dim);
}
inline at::Tensor& maxout_out(at::Tensor& out, const at::Tensor& self, int64_t k,
    int64_t dim = -1) {
  return detail::call_out<"maxout">(out, self, k, dim);
}
/// Also the place of each chosen entry in its group, from 0 to k − 1, as uint8.
inline std::tuple<at::Tensor, at::Tensor> maxout_with_index(const at::Tensor& self, int64_t k,
    int64_t dim = -1) {
  return detail::call<"maxout_with_index", std::tuple<at::Tensor, at::Tensor>>(self, k, dim);
}

}  // namespace nonlin
