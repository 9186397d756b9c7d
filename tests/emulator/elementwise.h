#pragma once
/// Kernels that make elements of elements, whatever their family: what they compute must depend on
/// the elements alone, not on where these lie.
#include <algorithm>
#include <functional>
#include <optional>

#include "tensors.h"

namespace emulator {

/// A tensor of a pass. One that belongs to channels has an entry for each entry of one dimension:
/// as an output it is a sum over all elements that share an entry.
struct role {
  std::string name;
  bool output = false, of_channels = false;
};

/// The tensors of a launch; null: absent. All have strides of every dimension.
struct placed {
  sizes size;
  std::vector<tensor> tensors;
  int channel = -1;
};

/// The same for kernels, with the operands of their family.
template <class Operands> Operands operands_of(const placed& all) {
  Operands o{};
  o.rank = static_cast<int>(all.size.size());
  std::copy(all.size.begin(), all.size.end(), o.size);
  for (std::size_t t = 0; t < all.tensors.size(); ++t) {
    o.data[t] = all.tensors[t].data;
    std::copy(all.tensors[t].stride.begin(), all.tensors[t].stride.end(), o.stride[t]);
  }
  return o;
}

/// Outputs of a kernel of the host, where inputs come by role: dense tensors, from the first
/// element to the last.
template <class Operands>
std::vector<bytes> run_on_host(void (*kernel)(const double*, const Operands&, std::int64_t,
                                              std::int64_t),
                               const double* parameters, dtype type,
                               const std::vector<bytes>& inputs) {
  auto all = inputs;
  Operands o{};
  o.rank = 1;
  o.size[0] = static_cast<std::int64_t>(inputs.back().size()) / bytes_of(type);
  for (std::size_t t = 0; t < all.size(); ++t) {
    all[t].resize(inputs.back().size());
    o.data[t] = all[t].data();
    o.stride[t][0] = bytes_of(type);
  }
  kernel(parameters, o, 0, o.size[0]);
  for (std::size_t t = 0; t < all.size(); ++t) {
    if (!inputs[t].empty()) all[t].clear();
  }
  return all;
}

/// How the tensors of a launch lie.
struct arrangement {
  sizes size;
  std::vector<sizes> stride;      // of each role; of channels, a single one
  std::vector<int> misalignment;  // in bytes
  std::vector<bool> there;
  int channel = -1;
  bool merged = true, in_place = false;
  /// By role: how many bytes behind its first element that of the next role is, where both lie in
  /// one memory; else 0, as with an empty list.
  std::vector<std::int64_t> next = {};
};

/// One pass of one activation, for one type.
struct elementwise_pass {
  std::string name;
  dtype type;
  std::vector<role> roles;  // outputs first
  int in_place = -1;        // the input in whose memory the first output may be
  std::function<int(const placed&)> launch;
  /// Which tensors there are, where some may be absent.
  std::function<std::vector<bool>(random_source&)> choose = {};
  /// Checks sums, in a pass that has some. Its inputs are moderate numbers, or integers.
  std::function<void(const arrangement&, const std::vector<bytes>& inputs,
                     const std::vector<bytes>& outputs)>
      check_sums = {};
};

std::string text(const elementwise_pass&, const arrangement&);

/// All roles dense and aligned.
arrangement dense(const elementwise_pass&, const sizes& size, int channel = -1);

/// What a launch left: what went wrong in it, an output that was not written, or "".
std::string what_is_wrong(int error);
/// Whether nothing is. `what` is for messages.
bool in_order(const std::string& what, int error);

/// Runs a pass on these inputs, by role, in the order of for_elements(). Returns the outputs, or
/// nothing after a failure.
std::optional<std::vector<bytes>> run(const elementwise_pass&, const arrangement&,
                                      const std::vector<bytes>& inputs);
/// What goes wrong in such a run, or "".
std::string attempt(const elementwise_pass&, const arrangement&, const std::vector<bytes>& inputs);
/// The same in one dense run, each element with channels of its own.
std::optional<std::vector<bytes>> run_plainly(const elementwise_pass&, const std::vector<bytes>&);

/// Random numbers of so many elements, those of channels of so many channels.
std::vector<bytes> random_inputs(const elementwise_pass&, const arrangement&, random_source&);

/// The bits of a dense run, and sums that are right, in any order of threads.
void check_arrangement(const elementwise_pass&, const arrangement&, random_source&);
/// Many of them. `effort`: 1 is little.
void check_arrangements(const elementwise_pass&, int effort);
/// Dense tensors are accessed in vectors of 16 bytes, and not otherwise.
void check_widths(const elementwise_pass&);
void check_widths(const elementwise_pass&, const arrangement&);
/// Sums of so many elements that several slices are summed apart.
void check_slices(const elementwise_pass&, int effort);
/// Tensors of more than 2³¹ elements, a few blocks of each launch; sums, too, if the pass has some.
void check_large(const elementwise_pass&, int effort);

}  // namespace emulator
