// A fat binary is a header and entries, each with a header of its own: kind 1 is PTX. Behind flags
// says an entry how it is compressed; with CUDA 13 by Zstandard, whose library is loaded here.
#include "fat_binary.h"

#include <dlfcn.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace emulator {
namespace {

struct wrapper_layout {
  std::uint32_t magic, version;
  const char* data;
};
struct header {
  std::uint32_t magic;
  std::uint16_t version, header_bytes;
  std::uint64_t bytes;  // of all entries
};
struct entry {
  std::uint16_t kind, version;
  std::uint32_t header_bytes;
  std::uint64_t padded_bytes;
  std::uint32_t compressed_bytes, options;
  std::uint16_t minor, major;
  std::uint32_t architecture, name[2];
  std::uint64_t flags, reserved, bytes;
};
static_assert(sizeof(entry) == 0x40);

constexpr std::uint16_t is_ptx = 1;
constexpr std::uint64_t compressed = 0xa000, by_zstandard = 0x8000;

std::string decompressed(const char* from, std::size_t bytes, std::size_t whole) {
  using function = std::size_t (*)(void*, std::size_t, const void*, std::size_t);
  static const auto decompress = [] {
    void* library = dlopen("libzstd.so.1", RTLD_NOW);
    return reinterpret_cast<function>(library ? dlsym(library, "ZSTD_decompress") : nullptr);
  }();
  if (decompress == nullptr) {
    throw std::runtime_error("the PTX is compressed, and there is no libzstd.so.1");
  }
  std::string to(whole, '\0');
  if (decompress(to.data(), whole, from, bytes) != whole) {
    throw std::runtime_error("the PTX could not be decompressed");
  }
  return to;
}

}  // namespace

std::string ptx_of(const void* wrapper) {
  const char* at = static_cast<const wrapper_layout*>(wrapper)->data;
  header h;
  std::memcpy(&h, at, sizeof(h));
  at += h.header_bytes;
  for (const char* end = at + h.bytes; at < end;) {
    entry e;
    std::memcpy(&e, at, sizeof(e));
    const char* text = at + e.header_bytes;
    at = text + e.padded_bytes;
    if (e.kind != is_ptx) continue;
    if ((e.flags & compressed) == 0) return std::string(text, strnlen(text, e.padded_bytes));
    if ((e.flags & by_zstandard) == 0) {
      throw std::runtime_error("the PTX is compressed in an unknown way: build with nvcc 13");
    }
    std::string whole = decompressed(text, e.compressed_bytes, e.bytes);
    whole.resize(strnlen(whole.data(), whole.size()));
    return whole;
  }
  throw std::runtime_error(
      "a unit has no PTX: one of CMAKE_CUDA_ARCHITECTURES has to be virtual, as 90 or 90-virtual");
}

}  // namespace emulator
