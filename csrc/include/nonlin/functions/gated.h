#pragma once
// Written by tools/api.
// clang-format off
/// Activations of two tensors of one shape, a gate `self` and what it lets `up`. Those of one
/// tensor, f_packed, find both along `dim`: gates first where `layout` is 0, last where it is 1;
/// where it is 2 they alternate, a gate in the first place. As the result has half as many entries
/// there, they have no in-place form.
#include "call.h"

namespace nonlin {

/// Bilinear(a, b) = a·b. Shazeer 2020, arXiv 2002.05202.
inline at::Tensor bilinear(const at::Tensor& self, const at::Tensor& up) {
  return detail::call<"bilinear">(self, up);
}
inline at::Tensor& bilinear_(at::Tensor& self, const at::Tensor& up) {
  return detail::call_<"bilinear">(self, up);
}
inline at::Tensor& bilinear_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& up) {
  return detail::call_out<"bilinear">(out, self, up);
}

/// bilinear of the halves of one tensor, or of its even and odd entries.
inline at::Tensor bilinear_packed(const at::Tensor& self, int64_t dim = -1, int64_t layout = 0) {
  return detail::call<"bilinear_packed">(self, dim, layout);
}
inline at::Tensor& bilinear_packed_out(at::Tensor& out, const at::Tensor& self,
    int64_t dim = -1, int64_t layout = 0) {
  return detail::call_out<"bilinear_packed">(out, self, dim, layout);
}

/// GEGLU(a, b) = a·Φ(a)·b, with Φ the distribution function of the normal distribution. Shazeer
/// 2020, arXiv 2002.05202.
inline at::Tensor geglu(const at::Tensor& self, const at::Tensor& up) {
  return detail::call<"geglu">(self, up);
}
inline at::Tensor& geglu_(at::Tensor& self, const at::Tensor& up) {
  return detail::call_<"geglu">(self, up);
}
inline at::Tensor& geglu_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& up) {
  return detail::call_out<"geglu">(out, self, up);
}

/// geglu of the halves of one tensor, or of its even and odd entries.
inline at::Tensor geglu_packed(const at::Tensor& self, int64_t dim = -1, int64_t layout = 0) {
  return detail::call<"geglu_packed">(self, dim, layout);
}
inline at::Tensor& geglu_packed_out(at::Tensor& out, const at::Tensor& self, int64_t dim = -1,
    int64_t layout = 0) {
  return detail::call_out<"geglu_packed">(out, self, dim, layout);
}

/// geglu_tanh(a, b) = gelu_tanh(a)·b. Shazeer 2020, arXiv 2002.05202.
inline at::Tensor geglu_tanh(const at::Tensor& self, const at::Tensor& up) {
  return detail::call<"geglu_tanh">(self, up);
}
inline at::Tensor& geglu_tanh_(at::Tensor& self, const at::Tensor& up) {
  return detail::call_<"geglu_tanh">(self, up);
}
inline at::Tensor& geglu_tanh_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& up) {
  return detail::call_out<"geglu_tanh">(out, self, up);
}

/// geglu_tanh of the halves of one tensor, or of its even and odd entries.
inline at::Tensor geglu_tanh_packed(const at::Tensor& self, int64_t dim = -1, int64_t layout = 0) {
  return detail::call<"geglu_tanh_packed">(self, dim, layout);
}
inline at::Tensor& geglu_tanh_packed_out(at::Tensor& out, const at::Tensor& self,
    int64_t dim = -1, int64_t layout = 0) {
  return detail::call_out<"geglu_tanh_packed">(out, self, dim, layout);
}

/// GLU(a, b) = σ(a)·b. Dauphin, Fan, Auli and Grangier 2017, arXiv 1612.08083.
inline at::Tensor glu(const at::Tensor& self, const at::Tensor& up) {
  return detail::call<"glu">(self, up);
}
inline at::Tensor& glu_(at::Tensor& self, const at::Tensor& up) {
  return detail::call_<"glu">(self, up);
}
inline at::Tensor& glu_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& up) {
  return detail::call_out<"glu">(out, self, up);
}

/// glu of the halves of one tensor, or of its even and odd entries.
inline at::Tensor glu_packed(const at::Tensor& self, int64_t dim = -1, int64_t layout = 0) {
  return detail::call<"glu_packed">(self, dim, layout);
}
inline at::Tensor& glu_packed_out(at::Tensor& out, const at::Tensor& self, int64_t dim = -1,
    int64_t layout = 0) {
  return detail::call_out<"glu_packed">(out, self, dim, layout);
}

/// ReGLU(a, b) = max(a, 0)·b. Shazeer 2020, arXiv 2002.05202.
inline at::Tensor reglu(const at::Tensor& self, const at::Tensor& up) {
  return detail::call<"reglu">(self, up);
}
inline at::Tensor& reglu_(at::Tensor& self, const at::Tensor& up) {
  return detail::call_<"reglu">(self, up);
}
inline at::Tensor& reglu_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& up) {
  return detail::call_out<"reglu">(out, self, up);
}

/// reglu of the halves of one tensor, or of its even and odd entries.
inline at::Tensor reglu_packed(const at::Tensor& self, int64_t dim = -1, int64_t layout = 0) {
  return detail::call<"reglu_packed">(self, dim, layout);
}
inline at::Tensor& reglu_packed_out(at::Tensor& out, const at::Tensor& self, int64_t dim = -1,
    int64_t layout = 0) {
  return detail::call_out<"reglu_packed">(out, self, dim, layout);
}

/// SwiGLU(a, b) = a·σ(β·a)·b. Shazeer 2020, arXiv 2002.05202.
inline at::Tensor swiglu(const at::Tensor& self, const at::Tensor& up, double beta = 1) {
  return detail::call<"swiglu">(self, up, beta);
}
inline at::Tensor& swiglu_(at::Tensor& self, const at::Tensor& up, double beta = 1) {
  return detail::call_<"swiglu">(self, up, beta);
}
inline at::Tensor& swiglu_out(at::Tensor& out, const at::Tensor& self, const at::Tensor& up,
    double beta = 1) {
  return detail::call_out<"swiglu">(out, self, up, beta);
}

/// SwiGLU-clamped(a, b) = c·σ(α·c)·(min(max(b, −limit), limit) + 1), with c = min(a, limit). OpenAI
/// 2025, arXiv 2508.10925.
inline at::Tensor swiglu_clamped(const at::Tensor& self, const at::Tensor& up, double limit = 7,
    double alpha = 1.702) {
  return detail::call<"swiglu_clamped">(self, up, limit, alpha);
}
inline at::Tensor& swiglu_clamped_(at::Tensor& self, const at::Tensor& up, double limit = 7,
    double alpha = 1.702) {
  return detail::call_<"swiglu_clamped">(self, up, limit, alpha);
}
inline at::Tensor& swiglu_clamped_out(at::Tensor& out, const at::Tensor& self,
    const at::Tensor& up, double limit = 7, double alpha = 1.702) {
  return detail::call_out<"swiglu_clamped">(out, self, up, limit, alpha);
}

/// swiglu_clamped of the halves of one tensor, or of its even and odd entries.
inline at::Tensor swiglu_clamped_packed(const at::Tensor& self, double limit = 7,
    double alpha = 1.702, int64_t dim = -1, int64_t layout = 0) {
  return detail::call<"swiglu_clamped_packed">(self, limit, alpha, dim, layout);
}
inline at::Tensor& swiglu_clamped_packed_out(at::Tensor& out, const at::Tensor& self,
    double limit = 7, double alpha = 1.702, int64_t dim = -1, int64_t layout = 0) {
  return detail::call_out<"swiglu_clamped_packed">(out, self, limit, alpha, dim, layout);
}

/// swiglu of the halves of one tensor, or of its even and odd entries.
inline at::Tensor swiglu_packed(const at::Tensor& self, double beta = 1, int64_t dim = -1,
    int64_t layout = 0) {
  return detail::call<"swiglu_packed">(self, beta, dim, layout);
}
inline at::Tensor& swiglu_packed_out(at::Tensor& out, const at::Tensor& self, double beta = 1,
    int64_t dim = -1, int64_t layout = 0) {
  return detail::call_out<"swiglu_packed">(out, self, beta, dim, layout);
}

}  // namespace nonlin
