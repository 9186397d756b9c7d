// A device for PyTorch: what its allocator, guards, streams and copies ask the CUDA runtime for,
// with emulated memory. A library that is loaded before that runtime (LD_PRELOAD); kernels are
// launched as in runtime.cpp. Streams do everything at once.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "../memory.h"
#include "../runtime.h"

using namespace emulator;
using size = std::size_t;

// Functions that have nothing to do.
#define NOTHING(name, ...) \
  int name(__VA_ARGS__) { return 0; }
/// … but to return a number.
#define GIVES(name, type, value, ...) \
  int name(type* to __VA_OPT__(, ) __VA_ARGS__) { return *to = value, 0; }

extern "C" {

GIVES(cudaGetDeviceCount, int, 1)
GIVES(cudaGetDevice, int, 0)
GIVES(cudaDriverGetVersion, int, 13000)
GIVES(cudaRuntimeGetVersion, int, 13000)
GIVES(cudaDeviceGetAttribute, int, 1, int, int)
GIVES(cudaDeviceCanAccessPeer, int, 0, int, int)
NOTHING(cudaSetDevice, int)
NOTHING(cudaDeviceSynchronize)
NOTHING(cudaPeekAtLastError)
int cudaGetDeviceProperties(void* properties, int) {
  std::memset(properties, 0, 800);  // less than the structure, of which this is the name
  std::strcpy(static_cast<char*>(properties), "emulator");
  return 0;
}

/// PyTorch's allocator divides it: what is no element is not known here.
int cudaMalloc(void** to, size bytes) {
  char* at = memory::allocate("device memory", static_cast<std::int64_t>(bytes));
  memory::permit(at, static_cast<std::int64_t>(bytes), readable | writable | readable_once_written);
  return *to = at, 0;
}
int cudaMallocAsync(void** to, size bytes, void*) { return cudaMalloc(to, bytes); }
int cudaMallocHost(void** to, size bytes) { return *to = std::malloc(bytes), 0; }
int cudaHostAlloc(void** to, size bytes, unsigned) { return cudaMallocHost(to, bytes); }
NOTHING(cudaFree, void*)
NOTHING(cudaFreeAsync, void*, void*)
NOTHING(cudaFreeHost, void*)
int cudaMemGetInfo(size* free, size* total) { return *free = *total = size{128} << 20, 0; }
int cudaMemcpy(void* to, const void* from, size bytes, int) {
  return std::memcpy(to, from, bytes), 0;
}
int cudaMemcpyAsync(void* to, const void* from, size bytes, int kind, void*) {
  return cudaMemcpy(to, from, bytes, kind);
}
int cudaMemsetAsync(void* to, int value, size bytes, void*) {
  return std::memset(to, value, bytes), 0;
}
int cudaPointerGetAttributes(void* attributes, const void*) {
  return std::memset(attributes, 0, 32), 0;
}

int cudaStreamCreateWithPriority(void** to, unsigned, int) { return *to = std::malloc(1), 0; }
int cudaDeviceGetStreamPriorityRange(int* least, int* most) { return *least = *most = 0, 0; }
int cudaStreamIsCapturing(void*, int* status) { return *status = 0, 0; }
int cudaStreamGetCaptureInfo(void*, int* status, unsigned long long*, void*, void*, void*, void*) {
  return *status = 0, 0;
}
NOTHING(cudaThreadExchangeStreamCaptureMode, int*)
NOTHING(cudaStreamSynchronize, void*)
NOTHING(cudaStreamQuery, void*)
NOTHING(cudaStreamWaitEvent, void*, void*, unsigned)
int cudaEventCreateWithFlags(void** to, unsigned) { return *to = std::malloc(1), 0; }
NOTHING(cudaEventRecord, void*, void*)
NOTHING(cudaEventQuery, void*)
NOTHING(cudaEventSynchronize, void*)
NOTHING(cudaEventDestroy, void*)

const char* cudaGetErrorString(int) {
  static std::string what;
  what = take_fault();
  return what.c_str();
}
NOTHING(__cudaRegisterVar, void**, char*, char*, const char*, int, size, int, int)
NOTHING(__cudaInitModule, void**)

/// For tests: launches since the last call.
int emulated_launches() { return static_cast<int>(take_launches().size()); }

}  // extern "C"
