#pragma once
/// The device's memory: what is permitted is known of each byte, and who touched it. All else is a
/// gap, also between the elements of a tensor.
#include <cstdint>
#include <functional>
#include <string>

namespace emulator {

enum permission : std::uint8_t {
  readable = 1,
  writable = 2,
  readable_once_written = 4,
};

namespace memory {

/// Frees everything.
void clear();

/// Memory of random bytes that nobody may touch yet; the first one is `misalignment` bytes past a
/// multiple of 256. The name is for messages.
char* allocate(const std::string& name, std::int64_t bytes, int misalignment = 0);
void permit(char* at, std::int64_t bytes, int what);

/// A tensor too large to exist: what is read from it and written to it is asked of functions, by
/// offsets in bytes. Both return what is wrong, or null.
struct imagined {
  std::string name;
  std::int64_t bytes;
  std::function<const char*(std::int64_t offset, int bytes, char* to)> read;
  std::function<const char*(std::int64_t offset, int bytes, const char* from)> written;
};
char* imagine(imagined);

/// In words: an element that may be written and that no launch has written since clear(), or "".
std::string unwritten();

/// Where an address lies, in words.
std::string place(std::uint64_t address);

/// What was accessed before races with nothing that comes.
void begin_launch();
/// Stamps of so many threads of a launch, none of which had a stamp before.
std::uint32_t stamps(std::uint32_t threads);

/// A thread's access to global memory: null, or what is wrong with it. `at` is where the bytes are
/// then read or written, on the host; imagined memory has them in a buffer of the lane.
const char* read(std::uint64_t address, int bytes, std::uint32_t stamp, int lane, char*& at);
const char* write(std::uint64_t address, int bytes, std::uint32_t stamp, int lane, char*& at);
/// What was written to imagined memory: null, or what is wrong with it.
const char* finish_write(std::uint64_t address, int bytes, const char* at);

/// Accesses so far, by their width.
struct widths {
  std::uint64_t bytes[17];
};
extern widths accesses;

}  // namespace memory
}  // namespace emulator
