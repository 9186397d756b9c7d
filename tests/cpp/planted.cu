// A kernel like the library's, and what the static gate must catch in it. tests/equipment/test_budget.py
// compiles it, and nothing runs it.
#include <cstdint>

constexpr int width = 4;
struct alignas(16) vector {
  float of[width];
};

struct plain;
struct division;
struct narrowed;
struct spilled;
template <class, class> constexpr bool same = false;
template <class T> constexpr bool same<T, T> = true;

template <class Planted>
__global__ void kernel(float* to, const float* from, float scale, int place) {
  const std::int64_t i = (std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x) * width;
  vector x;
  if constexpr (same<Planted, narrowed>) {
#pragma unroll
    for (int j = 0; j < width; ++j) x.of[j] = static_cast<const volatile float*>(from)[i + j];
  } else {
    x = *reinterpret_cast<const vector*>(from + i);
  }
#pragma unroll
  for (int j = 0; j < width; ++j) {
    x.of[j] = same<Planted, division> ? scale / x.of[j] : scale * x.of[j];
  }
  if constexpr (same<Planted, spilled>) {
    float array[16 * width] = {};
    array[place] = x.of[0];
    for (int j = 0; j < width; ++j) x.of[j] += array[place * j];
  }
  *reinterpret_cast<vector*>(to + i) = x;
}

template __global__ void kernel<plain>(float*, const float*, float, int);
template __global__ void kernel<division>(float*, const float*, float, int);
template __global__ void kernel<narrowed>(float*, const float*, float, int);
template __global__ void kernel<spilled>(float*, const float*, float, int);
