// Loads and stores, branches and barriers, and what lanes of a warp exchange.
#include "launch.h"
#include "memory.h"
#include "operations.h"

namespace emulator {
namespace {

std::uint64_t address(const warp& w, const instruction& i, int row, int lane) {
  const auto base =
      i.short_address ? w.row<std::uint32_t>(row)[lane] : w.row<std::uint64_t>(row)[lane];
  return base + static_cast<std::uint64_t>(i.offset);
}

/// Spaces: where on the host an access finds its bytes. It fails where something is wrong.

struct parameters {
  static char* find(warp& w, const instruction& i, std::uint64_t at, int bytes, int lane) {
    for (const parameter& one : w.of->of->parameters) {
      const auto begin = static_cast<std::uint64_t>(one.offset);
      if (at >= begin && at + bytes <= begin + one.size && at % bytes == 0) {
        return w.of->parameters.data() + at;
      }
    }
    fail(w, i, lane, "read beyond the parameters, or misaligned: byte " + std::to_string(at));
  }
};

template <bool Write> struct shared {
  static char* find(warp& w, const instruction& i, std::uint64_t at, int bytes, int lane) {
    block& b = *w.of;
    at = static_cast<std::uint32_t>(at);
    const auto wrong = [&](const char* what) {
      fail(w, i, lane, what + (", byte " + std::to_string(at) + " of shared memory"));
    };
    if (at + bytes > b.shared.size() || at % bytes != 0) wrong("out of bounds or misaligned");
    const std::uint16_t me = w.thread[lane];
    for (std::uint64_t n = at; n < at + bytes; ++n) {
      shared_byte& byte = b.touched[n];
      if (!Write && byte.written == 0) wrong("read of what was never written");
      if (byte.written == b.barriers && byte.writer != me) wrong("race: another thread wrote");
      if (Write) {
        if (byte.read == b.barriers && byte.reader != me) wrong("race: another thread read");
        byte.written = b.barriers;
        byte.writer = me;
      } else {
        byte.reader = byte.read == b.barriers && byte.reader != me ? several_readers : me;
        byte.read = b.barriers;
      }
    }
    return b.shared.data() + at;
  }
};

template <const char* (*Access)(std::uint64_t, int, std::uint32_t, int, char*&)> struct global {
  static char* find(warp& w, const instruction& i, std::uint64_t at, int bytes, int lane) {
    char* found = nullptr;
    if (const char* wrong = Access(at, bytes, w.stamp[lane], lane, found)) {
      fail(w, i, lane, wrong + (" of " + std::to_string(bytes) + " bytes at " + memory::place(at)));
    }
    return found;
  }
};

template <class Space> void load(warp& w, const instruction& i) {
  char* at[lanes] = {};
  const int bytes = i.element * i.count;
  for_lanes(w.active,
            [&](int n) { at[n] = Space::find(w, i, address(w, i, i.from[0], n), bytes, n); });
  for (int k = 0; k < i.count; ++k) {
    i.transfer(w, i.to[k], at);
    for (char*& p : at) p += i.element;
  }
}
template <class Space> void store(warp& w, const instruction& i) {
  char *at[lanes] = {}, *first[lanes];
  const int bytes = i.element * i.count;
  for_lanes(w.active,
            [&](int n) { at[n] = Space::find(w, i, address(w, i, i.to[0], n), bytes, n); });
  std::copy(at, at + lanes, first);
  for (int k = 0; k < i.count; ++k) {
    i.transfer(w, i.from[k], at);
    for (char*& p : at) p += i.element;
  }
  if constexpr (std::is_same_v<Space, global<memory::write>>) {
    for_lanes(w.active, [&](int n) {
      const std::uint64_t where = address(w, i, i.to[0], n);
      if (const char* wrong = memory::finish_write(where, bytes, first[n])) {
        fail(w, i, n, wrong + (" at " + memory::place(where)));
      }
    });
  }
}

template <class T, class Register> void take(warp& w, int row, char* const (&at)[lanes]) {
  auto* to = w.row<Register>(row);
  for_lanes(w.active, [&](int n) {
    T v;
    std::memcpy(&v, at[n], sizeof(T));
    to[n] = static_cast<Register>(v);
  });
}
template <class T, class Register> void give(warp& w, int row, char* const (&at)[lanes]) {
  const auto* from = w.row<Register>(row);
  for_lanes(w.active, [&](int n) {
    const auto v = static_cast<T>(from[n]);
    std::memcpy(at[n], &v, sizeof(T));
  });
}
template <class T> move transfer(bool in, int bytes) {
  switch (bytes) {
    case 2:
      return in ? take<T, std::uint16_t> : give<T, std::uint16_t>;
    case 4:
      return in ? take<T, std::uint32_t> : give<T, std::uint32_t>;
    case 8:
      return in ? take<T, std::uint64_t> : give<T, std::uint64_t>;
  }
  return nullptr;
}
move transfer(const std::string& type, bool in, int bytes) {
  const bool is_signed = type[0] == 's';
  if (type == "s8") return transfer<std::int8_t>(in, bytes);
  if (type == "s16") return transfer<std::int16_t>(in, bytes);
  if (type == "s32") return transfer<std::int32_t>(in, bytes);
  const std::string width =
      type.substr(is_signed || type[0] != 'b' ? 1 : type.find_first_of("1368"));
  if (width == "8") return transfer<std::uint8_t>(in, bytes);
  if (width == "16") return transfer<std::uint16_t>(in, bytes);
  if (width == "32") return transfer<std::uint32_t>(in, bytes);
  if (width == "64") return transfer<std::uint64_t>(in, bytes);
  return nullptr;
}

template <class Whole, class Part> void split(warp& w, const instruction& i) {
  for (int k = 0; k < i.count; ++k) {
    Part y[lanes];
    for (int n = 0; n < lanes; ++n) {
      y[n] = static_cast<Part>(w.row<Whole>(i.from[0])[n] >> 8 * sizeof(Part) * k);
    }
    w.put(i.to[k], y);
  }
}
template <class Whole, class Part> void join(warp& w, const instruction& i) {
  Whole y[lanes] = {};
  for (int k = 0; k < i.count; ++k) {
    for (int n = 0; n < lanes; ++n) {
      y[n] |= Whole{w.row<Part>(i.from[k])[n]} << 8 * sizeof(Part) * k;
    }
  }
  w.put(i.to[0], y);
}

}  // namespace

step load_from(const std::string& space) {
  if (space == "param") return load<parameters>;
  if (space == "shared") return load<shared<false>>;
  return space == "global" ? load<global<memory::read>> : nullptr;
}
step store_to(const std::string& space) {
  if (space == "shared") return store<shared<true>>;
  return space == "global" ? store<global<memory::write>> : nullptr;
}
move to_register(const std::string& type, int bytes) { return transfer(type, true, bytes); }
move from_register(const std::string& type, int bytes) { return transfer(type, false, bytes); }

step split_into(int whole, int part) {
  if (whole == 4 && part == 2) return split<std::uint32_t, std::uint16_t>;
  if (whole == 8 && part == 4) return split<std::uint64_t, std::uint32_t>;
  return whole == 8 && part == 2 ? split<std::uint64_t, std::uint16_t> : nullptr;
}
step joined_of(int whole, int part) {
  if (whole == 4 && part == 2) return join<std::uint32_t, std::uint16_t>;
  if (whole == 8 && part == 4) return join<std::uint64_t, std::uint32_t>;
  return whole == 8 && part == 2 ? join<std::uint64_t, std::uint16_t> : nullptr;
}

namespace control {

void branch(warp& w, const instruction& i) { w.pc = i.target; }

void branch_if(warp& w, const instruction& i) {
  const std::uint32_t taken = w.where(i.from[0], i.unless), rest = w.active & ~taken;
  if (taken == 0) return;
  if (rest != 0) {
    w.waiting.push_back({w.pc, rest});
    w.next = std::min(w.next, w.pc);
    w.active = taken;
  }
  w.pc = i.target;
}

void leave(warp& w, const instruction&) { w.stop(); }

void barrier(warp& w, const instruction&) {
  w.at_barrier.push_back({w.pc, w.active});
  w.stop();
}

/// `count` is the mode. Lanes of the mask must all have come.
void shuffle(warp& w, const instruction& i) {
  const auto* a = w.row<std::uint32_t>(i.from[0]);
  const auto* b = w.row<std::uint32_t>(i.from[1]);
  const auto* c = w.row<std::uint32_t>(i.from[2]);
  const auto* members = w.row<std::uint32_t>(i.from[3]);
  std::uint32_t y[lanes] = {};
  std::uint8_t in_range[lanes] = {};
  for_lanes(w.active, [&](int n) {
    if (members[n] != w.active) fail(w, i, n, "shuffle among lanes that have not all come");
    const int apart = b[n] & 31, clamp = c[n] & 31, segment = c[n] >> 8 & 31;
    const int first = n & segment, last = first | (clamp & ~segment);
    const int from = i.count == 0   ? n - apart
                     : i.count == 1 ? n + apart
                     : i.count == 2 ? n ^ apart
                                    : first | (apart & ~segment);
    in_range[n] = i.count == 0 ? from >= last : from <= last;
    const int source = in_range[n] ? from : n;
    if (!(w.active >> source & 1)) fail(w, i, n, "shuffle from a lane that has not come");
    y[n] = a[source];
  });
  w.put(i.to[0], y);
  if (i.to[1] >= 0) w.put(i.to[1], in_range);
}

}  // namespace control
}  // namespace emulator
