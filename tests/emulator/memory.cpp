#include "memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace emulator::memory {

widths accesses;

namespace {

constexpr std::size_t size = std::size_t{1} << 28, first = 4096;
constexpr std::uint8_t once_written = 128;
/// Where imagined tensors begin, far from all that exists.
constexpr std::uint64_t imaginary = std::uint64_t{1} << 60, apart = std::uint64_t{1} << 48;

/// Pages that are never touched take no memory.
template <class T> T* pages() {
  auto* p = static_cast<T*>(std::calloc(size, sizeof(T)));
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

char* const base = pages<char>();
std::uint8_t* const flags = pages<std::uint8_t>();
std::uint32_t *const writer = pages<std::uint32_t>(), *const reader = pages<std::uint32_t>();
std::size_t used = first, most_used = first;
/// Stamps of the current launch begin with `several`, which stands for more than one reader.
std::uint32_t several = 1, newest = 2;
std::mt19937_64 noise{7};

struct region {
  std::string name;
  std::size_t begin, end;
};
std::vector<region> regions;
std::vector<imagined> imaginations;
char buffer[32][16];

struct found {
  std::int64_t offset;
  const imagined* in = nullptr;
};
found imagined_at(std::uint64_t address, int bytes) {
  const std::uint64_t past = address - imaginary;
  if (address < imaginary || past / apart >= imaginations.size()) return {};
  const imagined& one = imaginations[past / apart];
  const auto offset = static_cast<std::int64_t>(past % apart) - 4096;
  return {offset, offset >= 0 && offset + bytes <= one.bytes ? &one : nullptr};
}

/// Null for what lies in memory that exists.
const char* outside(std::uint64_t address, int bytes) {
  if (address % static_cast<unsigned>(bytes) != 0) return "misaligned access";
  const std::uint64_t at = address - reinterpret_cast<std::uint64_t>(base);
  return at < size && at + static_cast<unsigned>(bytes) <= used ? nullptr : "access out of memory";
}

const char* check_read(std::size_t at, int bytes, std::uint32_t stamp) {
  std::uint8_t together = 0xff, any = 0;
  for (int i = 0; i < bytes; ++i) {
    together &= flags[at + i];
    any |= flags[at + i];
  }
  if ((together & readable) && !(any & writable)) return nullptr;
  for (std::size_t i = at; i < at + bytes; ++i) {
    const std::uint8_t f = flags[i];
    if (!(f & readable)) {
      if (!(f & readable_once_written)) return "read of what is no element";
      if (!(f & once_written)) return "read of what was never written";
    }
    if (!(f & writable)) continue;
    if (writer[i] > several && writer[i] != stamp) return "read of what another thread writes";
    reader[i] = reader[i] < several || reader[i] == stamp ? stamp : several;
  }
  return nullptr;
}

const char* check_write(std::size_t at, int bytes, std::uint32_t stamp) {
  for (std::size_t i = at; i < at + bytes; ++i) {
    if (!(flags[i] & writable)) return "write of what is no element that may be written";
    if (writer[i] > several) return "element written twice in a launch";
    if (reader[i] >= several && reader[i] != stamp) return "write of what another thread reads";
    writer[i] = stamp;
    flags[i] |= once_written;
  }
  return nullptr;
}

}  // namespace

void clear() {
  std::memset(flags, 0, used);
  used = first;
  regions.clear();
  imaginations.clear();
}

char* allocate(const std::string& name, std::int64_t bytes, int misalignment) {
  const auto aligned = [](std::size_t n) { return (n + 255) / 256 * 256; };
  const std::size_t absolute = reinterpret_cast<std::uintptr_t>(base) % 256;
  const std::size_t begin = aligned(used + 256 + absolute) - absolute + misalignment;
  const std::size_t end = begin + static_cast<std::size_t>(std::max<std::int64_t>(bytes, 0));
  const std::size_t past = (end + 256 + 7) / 8 * 8;
  if (past > size) throw std::runtime_error("the emulated memory is full");
  for (std::size_t i = used / 8 * 8; i < past; i += 8) {
    const std::uint64_t word = noise();
    if (i >= used) std::memcpy(base + i, &word, 8);
  }
  used = past;
  most_used = std::max(most_used, used);
  regions.push_back({name, begin, end});
  return base + begin;
}

void permit(char* at, std::int64_t bytes, int what) {
  for (std::int64_t i = 0; i < bytes; ++i) flags[at - base + i] |= static_cast<std::uint8_t>(what);
}

char* imagine(imagined one) {
  imaginations.push_back(std::move(one));
  return reinterpret_cast<char*>(imaginary + (imaginations.size() - 1) * apart + 4096);
}

std::string unwritten() {
  for (const region& r : regions) {
    for (std::size_t i = r.begin; i < r.end; ++i) {
      if ((flags[i] & (writable | readable_once_written | once_written)) != writable) continue;
      return place(reinterpret_cast<std::uint64_t>(base) + i) + " was not written";
    }
  }
  return "";
}

std::string place(std::uint64_t address) {
  const auto said = [](const std::string& name, std::int64_t offset) {
    return name + (offset < 0 ? " − " : " + ") + std::to_string(std::abs(offset));
  };
  if (address >= imaginary && (address - imaginary) / apart < imaginations.size()) {
    const std::uint64_t past = address - imaginary;
    return said(imaginations[past / apart].name, static_cast<std::int64_t>(past % apart) - 4096);
  }
  const auto at = static_cast<std::int64_t>(address - reinterpret_cast<std::uint64_t>(base));
  const region* nearest = nullptr;
  std::int64_t least = 0;
  for (const region& r : regions) {
    const auto begin = static_cast<std::int64_t>(r.begin), end = static_cast<std::int64_t>(r.end);
    const std::int64_t off = at < begin ? begin - at : at >= end ? at - end + 1 : 0;
    if (nearest == nullptr || off < least) nearest = &r, least = off;
  }
  if (nearest == nullptr) return "address " + std::to_string(address);
  return said(nearest->name, at - static_cast<std::int64_t>(nearest->begin));
}

void begin_launch() {
  if (newest >> 31 != 0) {  // enough are left for any launch that ends within a day
    std::memset(writer, 0, most_used * sizeof(*writer));
    std::memset(reader, 0, most_used * sizeof(*reader));
    newest = 1;
  }
  several = newest++;
}
std::uint32_t stamps(std::uint32_t threads) { return std::exchange(newest, newest + threads); }

const char* read(std::uint64_t address, int bytes, std::uint32_t stamp, int lane, char*& at) {
  ++accesses.bytes[bytes];
  if (address >= imaginary) {
    const found f = imagined_at(address, bytes);
    if (f.in == nullptr || !f.in->read) return "read out of bounds";
    if (address % static_cast<unsigned>(bytes) != 0) return "misaligned access";
    return f.in->read(f.offset, bytes, at = buffer[lane]);
  }
  if (const char* wrong = outside(address, bytes)) return wrong;
  at = reinterpret_cast<char*>(address);
  return check_read(static_cast<std::size_t>(at - base), bytes, stamp);
}

const char* write(std::uint64_t address, int bytes, std::uint32_t stamp, int lane, char*& at) {
  ++accesses.bytes[bytes];
  if (address >= imaginary) {
    const found f = imagined_at(address, bytes);
    if (f.in == nullptr || !f.in->written) return "write out of bounds";
    if (address % static_cast<unsigned>(bytes) != 0) return "misaligned access";
    at = buffer[lane];
    return nullptr;
  }
  if (const char* wrong = outside(address, bytes)) return wrong;
  at = reinterpret_cast<char*>(address);
  return check_write(static_cast<std::size_t>(at - base), bytes, stamp);
}

const char* finish_write(std::uint64_t address, int bytes, const char* at) {
  if (address < imaginary) return nullptr;
  const found f = imagined_at(address, bytes);
  return f.in->written(f.offset, bytes, at);
}

}  // namespace emulator::memory
