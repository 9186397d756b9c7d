#include "tests/emulator/faulty.h"

namespace faulty {
namespace {

constexpr int threads = 128;

struct run {
  float* y;
  const float* x;
  long long size, head, vectors;
  int numbers[2];
};

template <fault F>
__global__ void __launch_bounds__(threads) twice_kernel(const __grid_constant__ run r) {
  const long long i = blockIdx.x * threads + threadIdx.x;
  constexpr int shift = F == fault::misaligned ? 1 : 0;
  if (i < r.vectors) {
    const long long at = r.head + 4 * i + shift;
    float4 v;
    if constexpr (F == fault::narrowed) {
      float* const to[] = {&v.x, &v.y, &v.z, &v.w};
      for (int k = 0; k < 4; ++k) {
        *to[k] = r.x[at + k];
        asm volatile("" ::: "memory");  // or the compiler makes one load of them
      }
    } else {
      v = *reinterpret_cast<const float4*>(r.x + at);
    }
    v = {2 * v.x, 2 * v.y, 2 * v.z, 2 * v.w};
    *reinterpret_cast<float4*>(r.y + at) = v;
    if (F == fault::overlap && i == 0) *reinterpret_cast<float4*>(r.y + r.head + 4) = v;
  } else {
    const long long nth = i - r.vectors, at = nth < r.head ? nth : nth + 4 * r.vectors;
    const long long end = r.size + (F == fault::tail) - (F == fault::short_tail);
    if (at < end) r.y[at] = 2 * r.x[at];
    if (F == fault::neighbour && at > 0 && at < end) r.y[at] += r.y[at - 1];
  }
  if constexpr (F == fault::endless) {
    while (r.numbers[0] == 0) asm volatile("" ::: "memory");
  }
  if constexpr (F == fault::unknown) __nanosleep(1);
  if constexpr (F == fault::parameter) {
    if (i < r.head) r.y[i] += static_cast<float>(r.numbers[2 + i]);
  }
}

template <fault F>
__global__ void __launch_bounds__(threads)
    sums_kernel(float* to, const float* x, int channels, int rows, int slice_rows) {
  __shared__ float sum[threads];
  const int channel = blockIdx.x % channels, slice = blockIdx.x / channels;
  const int begin = slice * slice_rows;
  int end = begin + slice_rows;
  if (F != fault::slice && end > rows) end = rows;
  float mine = 0;
  for (int row = begin + threadIdx.x; row < end; row += threads) {
    int c = channel + (F == fault::channel && row == rows - 1 ? channels : 0);
    mine += x[static_cast<long long>(row) * channels + c];
  }
  sum[threadIdx.x] = mine;
  for (int half = threads / 2; half >= 32; half /= 2) {
    if (F != fault::missing_barrier || half != 32) __syncthreads();
    if (threadIdx.x < half) {
      sum[threadIdx.x] += sum[threadIdx.x + half];
      if (F == fault::diverging_barrier) __syncthreads();
    }
  }
  __syncthreads();
  if (threadIdx.x >= 32) return;
  float all = sum[threadIdx.x];
  if (F == fault::lonely_shuffle && threadIdx.x >= 24) return;
  for (int apart = 16; apart > 0; apart /= 2) all += __shfl_xor_sync(~0u, all, apart);
  if (F == fault::everyone || threadIdx.x == 0) to[blockIdx.x] = all;
}

__global__ void slices_kernel(float* to, const float* sums, int channels, int slices) {
  const int c = blockIdx.x * blockDim.x + threadIdx.x;
  if (c >= channels) return;
  float all = 0;
  for (int s = 0; s < slices; ++s) all += sums[s * channels + c];
  to[c] = all;
}

template <fault F>
__global__ void gather_kernel(float* y, const float* x, const unsigned char* place, int groups,
                              int group) {
  const int g = blockIdx.x * blockDim.x + threadIdx.x;
  if (g >= groups) return;
  const int p = place[g];
  y[g] = F == fault::place || p < group ? x[g * group + p] : 0;
}

/// Calls use.operator()<F>() with the fault as a constant, one of these or none.
template <fault... F> void with(fault f, const auto& use) {
  if (((f == F ? (use.template operator()<F>(), true) : false) || ...)) return;
  use.template operator()<fault::none>();
}
int blocks_for(long long count) { return static_cast<int>((count + threads - 1) / threads); }

}  // namespace

int twice(fault f, float* y, const float* x, std::int64_t size, void* stream) {
  const auto past = reinterpret_cast<std::uintptr_t>(x) % 16;
  const long long first = (past ? (16 - past) / 4 : 0) + (f == fault::head);
  const run r{y, x, size, first, (size - first) / 4, {0, 0}};
  const long long shares = r.vectors + (size - 4 * r.vectors) + (f == fault::tail);
  const auto queue = static_cast<cudaStream_t>(stream);
  using enum fault;
  with<head, tail, short_tail, narrowed, misaligned, overlap, neighbour, endless, parameter,
       unknown>(f, [&]<fault F> { twice_kernel<F><<<blocks_for(shares), threads, 0, queue>>>(r); });
  return cudaGetLastError();
}

int channel_sums(fault f, float* sums, const float* x, int channels, int rows, int slices,
                 float* workspace, void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  const int slice_rows = (rows + slices - 1) / slices;
  const int blocks = channels * (slices - (f == fault::partial));
  using enum fault;
  with<missing_barrier, diverging_barrier, slice, channel, partial, everyone, lonely_shuffle>(
      f, [&]<fault F> {
        sums_kernel<F><<<blocks, threads, 0, queue>>>(workspace, x, channels, rows, slice_rows);
      });
  slices_kernel<<<blocks_for(channels), threads, 0, queue>>>(sums, workspace, channels, slices);
  return cudaGetLastError();
}

int gather(fault f, float* y, const float* x, const unsigned char* place, int groups, int group,
           void* stream) {
  const auto queue = static_cast<cudaStream_t>(stream);
  with<fault::place>(f, [&]<fault F> {
    gather_kernel<F><<<blocks_for(groups), threads, 0, queue>>>(y, x, place, groups, group);
  });
  return cudaGetLastError();
}

}  // namespace faulty
