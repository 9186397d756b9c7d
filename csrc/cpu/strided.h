#pragma once
#include "../descriptor.h"

/// Strided tensors and dense blocks of elements. None of this knows a formula or an instruction
/// set: it is compiled once, for every processor, and units call it.
namespace nonlin {

/// Elements that pass through a buffer at once, and the most that a kernel computes in one step.
inline constexpr int block_elements = 256, max_step = 64;

/// Bytes of a call's tensors from which on its results may be stored past the caches: more than
/// the caches of nearly all processors, whose own word cannot be relied upon in virtual machines.
/// `streamed_row` is the length from which on the ends of a row, stored otherwise, do not matter.
inline constexpr std::int64_t streamed_bytes = std::int64_t{1} << 27, streamed_row = 512;

/// Bytes of a thread's share of a call from which on its tensors come from memory, or from a cache
/// that is as far away.
inline constexpr std::int64_t cached_bytes = std::int64_t{1} << 21;

/// How a tensor lies in memory: dimensions of size 1 left out, neighbours merged where they allow
/// it, dimension 0 the fastest. Strides are in bytes.
struct layout {
  int rank;
  std::int64_t size[max_rank], stride[max_rank];

  /// The first `depth` dimensions of a tensor.
  void set(const std::int64_t* sizes, const std::int64_t* strides, int depth);
  /// Whether each element is `step` bytes behind the one before it.
  bool has(std::int64_t step) const;
};

/// Adds to the offset of each tensor the bytes to index `place` of the flattened dimensions from
/// `first` on, of `rank` in all.
void add_offsets(std::int64_t* offset, int tensors, std::int64_t place, int first, int rank,
                 const std::int64_t* size, const std::int64_t (*stride)[max_rank]);

/// Copies `count` elements of 1, 2, 4 or 8 bytes between `dense` and a tensor that starts at
/// `strided`, from flattened index `begin` on.
void gather(void* dense, const void* strided, const layout&, std::int64_t begin, std::int64_t count,
            int element_size);
void scatter(const void* dense, void* strided, const layout&, std::int64_t begin,
             std::int64_t count, int element_size);

/// Continues the first `period` elements periodically to `count`.
void repeat(void* first, std::int64_t period, std::int64_t count, int element_size);

/// Tensors of which a kernel wants elements side by side, line by line: a line has the first
/// `depth` dimensions of all. A tensor that lies so is used in place, another one passes through a
/// buffer, block by block; there are `Most` buffers, which lie on the stack.
template <int Most> class strided_buffers {
 public:
  static constexpr int most = Most;

  /// Of `tensors` those in the mask `used` that are not null; those in the mask `written` are
  /// written, the others read. `data` and `stride` must outlive this object.
  strided_buffers(int tensors, void* const* data, const std::int64_t (*stride)[max_rank],
                  const std::int64_t* size, int depth, unsigned used, unsigned written,
                  int element_size);

  /// Whether no tensor, or no result, passes through a buffer.
  bool in_place() const { return !buffered_; }
  bool writes_directly() const { return !(buffered_ & written_); }
  /// Elements that the next block may have: as many as asked for where nothing is buffered.
  std::int64_t block(std::int64_t left) const {
    return buffered_ == 0 || left < block_elements ? left : block_elements;
  }
  /// Sets the distance in bytes between the line at hand and the first one.
  void move_to(int tensor, std::int64_t offset) { offset_[tensor] = offset; }

  /// Sets `at` to the elements from `begin` on of the line, null for tensors that are left out.
  void load(void** at, std::int64_t begin, std::int64_t count);
  /// Writes results of that block to where they belong.
  void store(std::int64_t begin, std::int64_t count);

 private:
  char* start(int t) const { return static_cast<char*>(data_[t]) + offset_[t]; }

  void* const* data_;
  std::int64_t offset_[most] = {};
  int tensors_, element_size_;
  unsigned present_ = 0, written_, buffered_ = 0;
  const char* repeated_[most] = {};  // the element that fills the buffer
  layout layout_[most];
  alignas(64) char buffer_[most][block_elements * 8];
};

}  // namespace nonlin
