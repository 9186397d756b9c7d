/// Runs the CPU kernels over tensors, tile by tile.
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "../instruction_set.h"
#include "kernel.h"

namespace nonlin::parametric {
namespace {

/// How inner dimensions, channels and outer dimensions are cut into tiles. With sums it is a
/// function of their sizes alone, so that those do not depend on the number of threads; a sum has
/// at least 64 terms where there are as many, so that the table of sums is small beside the
/// tensors.
struct Tiling {
  static constexpr std::int64_t terms = 64;
  std::int64_t size[3] = {1, 1, 1}, step[3], count[3];  // inner, channel, outer

  Tiling(const job& j, bool sums) {
    for (int d = 0; d < j.rank; ++d) size[d < j.channel ? 0 : d == j.channel ? 1 : 2] *= j.size[d];
    const auto elements =
        sums ? 2 * grain_size
             : std::max(grain_size, elements_in_all() / (at::get_num_threads() == 1 ? 1 : 64));
    step[0] = std::min(size[0], elements);
    step[1] = std::min(size[1], std::max<std::int64_t>(1, elements / step[0]));
    const auto rows = std::max((terms + step[0] - 1) / step[0], elements / (step[0] * step[1]));
    step[2] = std::min(size[2], rows);
    for (int i = 0; i < 3; ++i) count[i] = (size[i] + step[i] - 1) / step[i];
  }

  std::int64_t tiles() const { return count[0] * count[1] * count[2]; }
  std::int64_t elements_in_all() const { return size[0] * size[1] * size[2]; }
  /// The sums that each channel has.
  std::int64_t sums() const { return count[0] * count[2]; }

  /// Tile i, with its place in a table [sums, channels], unless that is null.
  tile at(std::int64_t i, double* table) const {
    const std::int64_t index[3] = {i % count[0], i / count[0] % count[1],
                                   i / (count[0] * count[1])};
    tile t{};
    const auto set = [&](std::int64_t* range, int d) {
      range[0] = index[d] * step[d];
      range[1] = std::min(range[0] + step[d], size[d]);
    };
    set(t.inner, 0);
    set(t.channel, 1);
    set(t.outer, 2);
    if (table) t.sums = table + (index[2] * count[0] + index[0]) * size[1] + t.channel[0];
    return t;
  }
};

/// Adds up the rows of the table, in their order, and rounds the sums to the type of `result`.
void add_up(const Tensor& result, double* table, std::int64_t rows, std::int64_t channels) {
  for (std::int64_t row = 1; row < rows; ++row) {
    const double* next = table + row * channels;
    for (std::int64_t c = 0; c < channels; ++c) table[c] += next[c];
  }
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kHalf, at::kBFloat16, result.scalar_type(), "grad_weight",
                                  [&] {
                                    scalar_t* to = result.mutable_data_ptr<scalar_t>();
                                    for (std::int64_t c = 0; c < channels; ++c)
                                      to[c] = static_cast<scalar_t>(table[c]);
                                  });
}

}  // namespace

void run_cpu(const Operators& op, const Pass& pass) {
  const Tensor& self = pass.data[parametric::self];
  if (self.numel() == 0) {
    if (pass.grad_weight.defined()) pass.grad_weight.zero_();
    return;
  }
  const auto kernel =
      unit_in_use(op.unit).at[static_cast<int>(pass.pass)][static_cast<int>(pass.type)];
  const job j = job_of(op, pass);
  const Tiling tiling(j, pass.grad_weight.defined());
  Tensor table;
  double* sums = nullptr;
  if (pass.grad_weight.defined()) {
    table = at::empty({tiling.sums(), tiling.size[1]}, at::kDouble);
    sums = table.mutable_data_ptr<double>();
  }
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) kernel(j, tiling.at(i, sums));
  };
  if (tiling.tiles() == 1 || tiling.elements_in_all() <= grain_size) {
    run(0, tiling.tiles());
  } else {
    in_parallel(tiling.tiles(), run);
  }
  if (sums) add_up(pass.grad_weight, sums, tiling.sums(), tiling.size[1]);
}

job job_of(const Operators& op, const Pass& pass) {
  const Tensor& self = pass.data[parametric::self];
  const bool single = pass.weight.numel() == 1;
  c10::SmallVector<Walk::Operand, slots> operands;
  c10::SmallVector<slot, slots> present;
  for (const slot s : {result, grad_grad_output, parametric::self, grad_output, grad_grad_self}) {
    if (!pass.data[s].defined()) continue;
    present.push_back(s);
    operands.push_back({pass.data[s]});
  }
  const Walk walk(op.name, self.sizes(), operands, single ? std::nullopt : std::optional(pass.dim));
  job j{};
  j.rank = walk.rank();
  walk.copy_sizes(j.size);
  for (std::size_t i = 0; i < present.size(); ++i) {
    const Tensor& t = pass.data[present[i]];
    const bool written = present[i] == result || present[i] == grad_grad_output;
    j.data[present[i]] = written ? t.mutable_data_ptr() : const_cast<void*>(t.const_data_ptr());
    walk.copy_strides(i, j.stride[present[i]]);
  }
  if (const auto channel = walk.apart()) {
    j.channel = *channel;
  } else {
    j.channel = j.rank++;
    j.size[j.channel] = 1;
  }
  const auto stride = [&](const Tensor& t) { return single ? 0 : t.stride(0) * t.element_size(); };
  j.weight = pass.weight.const_data_ptr();
  j.weight_stride = stride(pass.weight);
  if (pass.grad_grad_weight.defined()) {
    j.grad_grad_weight = pass.grad_grad_weight.const_data_ptr();
    j.grad_grad_weight_stride = stride(pass.grad_grad_weight);
  }
  return j;
}

}  // namespace nonlin::parametric
