// The kernels of x·y²: those of the engine, with passes of another shape.
#include "csrc/prelude.h"
//
#include "tests/emulator/own.h"

namespace nonlin::own_kernels {
namespace {
#include "csrc/simd/gpu.h"
//
#include "csrc/cuda/pointwise.cuh"

struct product {};

struct product_pass {
  static constexpr int inputs = 2, outputs = 1;
  template <class V> NONLIN_INLINE static std::array<V, 1> of(const product&, V x, V y) {
    return {x * (y * y)};
  }
};
struct product_backward {
  static constexpr int inputs = 3, outputs = 2;
  template <class V> NONLIN_INLINE static std::array<V, 2> of(const product&, V g, V x, V y) {
    return {g * (y * y), g * (x * y) * V(2)};
  }
};

template <class T> int launch_typed(own::pass which, const own::operands& o, void* stream) {
  return in_parts(o, [&](const own::operands& part) {
    const auto queue = static_cast<cudaStream_t>(stream);
    return which == own::pass::value
               ? launch_part<product, product_pass, T>(nullptr, part, queue)
               : launch_part<product, product_backward, T>(nullptr, part, queue);
  });
}
}  // namespace
}  // namespace nonlin::own_kernels

int own::launch(pass which, nonlin::dtype type, const operands& o, void* stream) {
  using namespace nonlin::own_kernels;
  return type == nonlin::dtype::float32 ? launch_typed<float>(which, o, stream)
                                        : launch_typed<nonlin::bfloat16>(which, o, stream);
}
