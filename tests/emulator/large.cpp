// Tensors of more than 2³¹ elements. Their memory is made up: an element is a function of where it
// lies, and what is written is compared as it comes. Of each launch a few blocks run.
#include <gtest/gtest.h>

#include <algorithm>

#include "elementwise.h"
#include "launch.h"

namespace emulator {
namespace {

constexpr std::size_t period = 1021;  // an element has number `i % period` of its inputs

std::vector<std::uint32_t> some_blocks(std::uint32_t count) {
  std::vector<std::uint32_t> all{0, count - 1, static_cast<std::uint32_t>(count * .67)};
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// A tensor whose element at a place is the number `place % period` of a list.
class made_up {
 public:
  made_up(const sizes& size, const sizes& stride, int element, const bytes& list)
      : element_(element), list_(list) {
    const sizes factor = dense_strides(size, 1);
    for (std::size_t d = 0; d < size.size(); ++d) {
      if (stride[d] > 0) dims_.push_back({stride[d], size[d], factor[d]});
    }
    std::sort(dims_.begin(), dims_.end(), [](auto& a, auto& b) { return a.stride > b.stride; });
  }
  /// Calls use(byte, element) for each of the elements there. False: it is not all elements.
  bool visit(std::int64_t offset, int bytes, const auto& use) const {
    for (int k = 0; k < bytes; k += element_) {
      const std::int64_t at = place(offset + k);
      if (at < 0) return false;
      use(k, &list_[static_cast<std::size_t>(at) % period * element_]);
    }
    return true;
  }
  std::int64_t bytes_in_all() const {
    std::int64_t end = element_;
    for (const dim& d : dims_) end += (d.size - 1) * d.stride;
    return end;
  }

 private:
  struct dim {
    std::int64_t stride, size, factor;
  };
  /// Of an element in the order of sizes, or −1 between elements.
  std::int64_t place(std::int64_t offset) const {
    std::int64_t at = 0;
    for (const dim& d : dims_) {
      const std::int64_t n = std::min(offset / d.stride, d.size - 1);
      offset -= n * d.stride;
      at += n * d.factor;
    }
    return offset == 0 ? at : -1;
  }

  int element_;
  const bytes& list_;
  std::vector<dim> dims_;  // the longest strides first
};

/// All channels have the same weights.
void check(const elementwise_pass& pass, const sizes& size, const sizes& stride, int channel,
           const std::vector<bytes>& inputs, const std::vector<bytes>& outputs) {
  memory::clear();
  const int element = bytes_of(pass.type);
  placed p{size, {}, channel};
  for (std::size_t n = 0; n < pass.roles.size(); ++n) {
    const role& r = pass.roles[n];
    if (r.of_channels) {
      const std::int64_t count = channel < 0 ? 1 : size[static_cast<std::size_t>(channel)];
      const int what = r.output ? writable | readable_once_written : readable;
      tensor t = place(r.name, {count}, {element}, element, 0, what);
      for (std::int64_t c = 0; c < count && !r.output; ++c) {
        std::copy_n(inputs[n].begin(), element, t.data + c * element);
      }
      t.stride.assign(size.size(), 0);
      if (channel >= 0) t.stride[static_cast<std::size_t>(channel)] = element;
      p.tensors.push_back(t);
      continue;
    }
    const made_up m{size, stride, element, r.output ? outputs[n] : inputs[n]};
    memory::imagined one{r.name, m.bytes_in_all(), nullptr, nullptr};
    if (r.output) {
      one.written = [m, element](std::int64_t offset, int bytes, const char* from) -> const char* {
        bool same = true;
        const bool inside = m.visit(offset, bytes, [&](int k, const char* expected) {
          same = same && std::equal(expected, expected + element, from + k);
        });
        return !inside ? "write between elements" : same ? nullptr : "a wrong result";
      };
    } else {
      one.read = [m, element](std::int64_t offset, int bytes, char* to) -> const char* {
        const bool inside = m.visit(
            offset, bytes, [&](int k, const char* from) { std::copy_n(from, element, to + k); });
        return inside ? nullptr : "read between elements";
      };
    }
    p.tensors.push_back({memory::imagine(one), stride});
  }
  how_to_launch.only = some_blocks;
  const int error = pass.launch(p);
  how_to_launch.only = nullptr;
  in_order(pass.name + ", sizes " + text(size) + ", strides " + text(stride), error);
}

}  // namespace

void check_large(const elementwise_pass& pass, int effort) {
  random_source random(17);
  arrangement list = dense(pass, {static_cast<std::int64_t>(period)});
  for (std::size_t n = 0; n < pass.roles.size(); ++n) {
    if (pass.roles[n].of_channels && pass.roles[n].output) list.there[n] = false;
  }
  const auto inputs = random_inputs(pass, list, random);
  const auto outputs = run(pass, list, inputs);
  if (!outputs) return;
  const std::int64_t e = bytes_of(pass.type), most = (std::int64_t{1} << 31) + 4099;
  const auto with = [&](const sizes& size, const sizes& stride, int channel = -1) {
    check(pass, size, stride, channel, inputs, *outputs);
  };
  with({most}, {e});                                               // one dense run
  with({most}, {3 * e});                                           // every third element
  with({70001, 31001}, {e, 70003 * e});                            // rows with a gap
  with({5, 3, 150000007}, {150000007 * 3 * e, 150000007 * e, e});  // transposed
  with({3, 900000001}, {(std::int64_t{1} << 33) * e, 3 * e});      // strides of more than 32 bits
  const bool has_sums = pass.check_sums != nullptr;
  if (!has_sums || effort == 1) return;
  with({most * 16 / e}, {e});                // as many vectors
  with({1, 3, most}, {3 * e, e, 3 * e}, 1);  // and as many rows
}

}  // namespace emulator
