#pragma once
#include "prelude.h"

/// What a translation unit of one activation tells the rest of the library. Units fill these
/// structures, csrc/torch/ reads them; neither includes the other, and nothing here knows torch.
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

namespace pointwise {

/// value: (x) → f(x);  backward: (g, x) → g·f′(x);  double_backward: (v, g, x) → (v·f′(x),
/// v·g·f″(x))
enum class pass : int { value, backward, double_backward };
inline constexpr int passes = 3, max_inputs = 3, max_outputs = 2;

/// `size` elements of each tensor; strides in bytes.
struct run {
  const char* input[max_inputs];
  char* output[max_outputs];
  std::int64_t input_stride[max_inputs], output_stride[max_outputs];
  std::int64_t size;
};
using cpu_kernel = void (*)(const double* parameters, const run&);

/// One activation for one instruction set.
struct cpu_unit {
  parameter_info parameters[max_parameters];
  int parameter_count;
  cpu_kernel at[passes][dtypes];
};

/// Tensors of one shape on a CUDA device: the outputs, then the inputs. Dimension 0 varies fastest;
/// strides in bytes.
struct operands {
  static constexpr int max_rank = 25, max_tensors = max_inputs + max_outputs;
  void* data[max_tensors];
  std::int64_t stride[max_tensors][max_rank];
  std::int64_t size[max_rank];
  int rank;
};
/// Returns a cudaError_t; `stream` is a cudaStream_t.
using cuda_kernel = int (*)(pass, dtype, const double* parameters, const operands&, void* stream);

/// One activation. An entry of `cpu` is null where the processor family lacks it, `cuda` in a build
/// without CUDA.
struct descriptor {
  const char* name;
  const cpu_unit* cpu[3];  // scalar, avx2, avx512
  cuda_kernel cuda;
};

}  // namespace pointwise
}  // namespace nonlin
