#pragma once
#include "prelude.h"

/// What a translation unit of one activation tells the rest of the library. Units fill these
/// structures, csrc/torch/ reads them; neither includes the other, and nothing here knows torch.

/// Of what other libraries call: kernels of a user's own activations, and the Python module.
#define NONLIN_EXPORT __attribute__((visibility("default")))

namespace nonlin {

enum class dtype : int { float64, float32, float16, bfloat16 };
inline constexpr int dtypes = 4;

/// Storage of the 16-bit types; arithmetic happens in float.
struct half {
  std::uint16_t bits;
};
struct bfloat16 {
  std::uint16_t bits;
};

/// A hyper-parameter, rounded to the type in which a lane computes.
struct parameter {
  double wide;
  float narrow;
  constexpr parameter(double value) : wide(value), narrow(static_cast<float>(value)) {}
};

/// A hyper-parameter's name and default, as the schema states them.
struct parameter_info {
  const char* name;
  double value;
};
inline constexpr int max_parameters = 4;

/// What is computed of a function: itself, its gradient, the gradient of its gradient.
enum class pass : int { value, backward, double_backward };
inline constexpr int passes = 3;

/// As many dimensions as PyTorch's own loops take.
inline constexpr int max_rank = 25;

/// Tensors of one shape, walked in one order: dimensions that all of them allow are merged, and
/// dimension 0 varies fastest. Strides are in bytes. Null: absent, its strides without meaning.
template <int Tensors> struct operands {
  static constexpr int max_tensors = Tensors;
  void* data[Tensors];
  std::int64_t stride[Tensors][max_rank], size[max_rank];
  int rank;
};

/// What autocast does with an operator's tensors: nothing, all become lower precision, or all
/// become of the widest of their types.
enum class autocast : int { none, lower_precision, widest };

/// One activation. An entry of `cpu` is null where the processor family lacks it, `cuda` in a build
/// without CUDA.
template <class CpuUnit, class CudaUnit> struct activation {
  const char* name;
  const CpuUnit* cpu[3];  // scalar, avx2, avx512
  const CudaUnit* cuda;
};

/// A tensor goes in, one of the same shape comes out, element by element.
namespace pointwise {

using nonlin::pass;
using nonlin::passes;

/// value: (x) → f(x);  backward: (g, x) → g·f′(x);  double_backward: (v, g, x) → (v·f′(x),
/// v·g·f″(x))
inline constexpr int max_inputs = 3, max_outputs = 2;

/// The outputs, then the inputs; a pass has the first ones of so many.
using operands = nonlin::operands<max_inputs + max_outputs>;
/// Elements [begin, end) of the walk.
using cpu_kernel = void (*)(const double* parameters, const operands&, std::int64_t begin,
                            std::int64_t end);

/// One activation for one instruction set.
struct cpu_unit {
  parameter_info parameters[max_parameters];
  int parameter_count;
  cpu_kernel at[passes][dtypes];
  /// Whether derivatives at f(x), rounded to the type, are those at x: backward then takes the
  /// result in place of x. Null: never.
  bool (*saves_result)(const double* parameters, dtype);
  /// What is wrong with hyper-parameters that are finite, in words, or null. Null: nothing ever.
  const char* (*refused)(const double* parameters);
};

struct cuda_unit {
  /// Returns a cudaError_t; `stream` is a cudaStream_t.
  int (*launch)(pass, dtype, const double* parameters, const operands&, void* stream);
};

using descriptor = activation<cpu_unit, cuda_unit>;

}  // namespace pointwise

/// Like pointwise, with a weight for each entry of one dimension. With jets of f(x, w), sums over
/// the elements that share a weight, and u = grad_grad_self, v = grad_grad_weight:
///
///   value            result = f
///   backward         result = g·f_x                     weight gradient = Σ g·f_w
///   double_backward  grad_grad_output = u·f_x + v·f_w
///                    result = g·(u·f_xx + v·f_xw)       weight gradient = Σ g·(u·f_xw + v·f_ww)
namespace parametric {

using nonlin::pass;
using nonlin::passes;

enum slot : int { self, grad_output, grad_grad_self, result, grad_grad_output };
inline constexpr int slots = 5;

/// `self` is there always, `result` in value, `grad_output` where it is needed; an output that is
/// absent is not computed, grad_grad_self and grad_grad_weight stand for zeros. Dimension `channel`
/// is the one along which the weight varies; with a single weight it is the last one and has size
/// 1. The dimensions before it are called inner, those after it outer.
struct job : operands<slots> {
  int channel;
  const void *weight, *grad_grad_weight;
  std::int64_t weight_stride, grad_grad_weight_stride;  // between channels, in bytes
};

/// Ranges of the flattened inner dimensions, of the channels and of the flattened outer dimensions.
/// The kernel sets `sums`, unless null, to the weight gradient's terms of this tile, one sum for
/// each of its channels.
struct tile {
  std::int64_t inner[2], channel[2], outer[2];
  double* sums;
};
using cpu_kernel = void (*)(const job&, const tile&);

struct cpu_unit {
  autocast casts;
  cpu_kernel at[passes][dtypes];
};

struct cuda_unit {
  /// Bytes that the launch of a weight gradient needs besides, 0 without one.
  std::int64_t (*workspace)(pass, dtype, const job&);
  /// Writes the weight gradient, one entry for each channel, to `grad_weight` unless null. Returns
  /// a cudaError_t; `stream` is a cudaStream_t.
  int (*launch)(pass, dtype, const job&, void* grad_weight, void* workspace, void* stream);
};

using descriptor = activation<cpu_unit, cuda_unit>;

}  // namespace parametric

/// Two tensors of one shape go in, a gate and what it lets up: act(gate)·up comes out. With
/// v = grad_grad_gate and w = grad_grad_up:
///
///   value            y = act·up
///   backward         grad_gate = g·act′·up               grad_up = g·act
///   double_backward  grad_grad_output = v·act′·up + w·act
///                    grad_gate = g·(v·act″·up + w·act′)  grad_up = g·v·act′
namespace gated {

using nonlin::pass;
using nonlin::passes;

/// The tensors of each pass, in this order: (y; gate, up), (grad_gate, grad_up; grad_output, gate,
/// up), (grad_grad_output, grad_gate, grad_up; grad_grad_gate, grad_grad_up, grad_output, gate,
/// up). A result of a derivative that is absent is not computed, an absent direction stands for
/// zeros, and grad_output may be absent where only grad_grad_output is wanted.
inline constexpr int max_inputs = 5, max_outputs = 3;

using operands = nonlin::operands<max_inputs + max_outputs>;
/// Elements [begin, end) of the walk.
using cpu_kernel = void (*)(const double* parameters, const operands&, std::int64_t begin,
                            std::int64_t end);

/// As in the pointwise family, with the hyper-parameters of act.
struct cpu_unit {
  parameter_info parameters[max_parameters];
  int parameter_count;
  cpu_kernel at[passes][dtypes];
  const char* (*refused)(const double* parameters);
};

struct cuda_unit {
  /// Returns a cudaError_t; `stream` is a cudaStream_t.
  int (*launch)(pass, dtype, const double* parameters, const operands&, void* stream);
};

using descriptor = activation<cpu_unit, cuda_unit>;

}  // namespace gated

/// Of every k consecutive entries of a dimension one is chosen.
namespace groupwise {

/// value: the chosen entry of every group, and its place there;  backward: each group with the
/// gradient in that place and zero elsewhere;  gather: the entry in that place
enum class pass : int { value, backward, gather };
inline constexpr int passes = 3, max_group = 256;

/// The tensor of groups, the tensor with one entry for each group, and the places.
enum slot : int { groups, chosen, index };
inline constexpr int slots = 3;

/// Sizes count groups; the strides of `groups` lead from the first entry of one group to that of
/// the next, and the other entries of a group follow at distances of `step`. `index` may be absent
/// in value.
struct job : operands<slots> {
  int group;  // k
  std::int64_t step;
};

/// Groups [begin, end) in the order of the walk.
using cpu_kernel = void (*)(const job&, std::int64_t begin, std::int64_t end);
struct cpu_unit {
  cpu_kernel at[passes][dtypes];
};
struct cuda_unit {
  /// Returns a cudaError_t; `stream` is a cudaStream_t.
  int (*launch)(pass, dtype, const job&, void* stream);
};

using descriptor = activation<cpu_unit, cuda_unit>;

}  // namespace groupwise
}  // namespace nonlin
