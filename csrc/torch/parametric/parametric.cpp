/// The parametric family: its kernels on CPUs, tile by tile, and its third derivatives.
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sum.h>

#include "../coalesce.h"
#include "../families.h"
#include "../instruction_set.h"
#include "../parallel.h"
#include "../registration.h"
#include "family.h"

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

/// A weight with the dimensions of x, all but `dim` of size 1.
Tensor broadcast(const Tensor& weight, const Tensor& x, std::int64_t dim) {
  if (!weight.defined()) return {};
  c10::SymDimVector sizes(x.dim(), 1);
  if (weight.sym_numel() != 1) sizes[at::maybe_wrap_dim(dim, x.dim())] = weight.sym_numel();
  return weight.reshape_symint(sizes);
}

/// The sums over all elements that share an entry of the weight.
Tensor reduced(const Tensor& t, const Tensor& weight, std::int64_t dim) {
  c10::SmallVector<std::int64_t, 8> others;
  const auto kept = weight.sym_numel() == 1 ? -1 : at::maybe_wrap_dim(dim, t.dim());
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (d != kept) others.push_back(d);
  }
  const Tensor all = others.empty() ? t : at::sum(t, others);
  return all.reshape_symint(weight.sym_sizes()).to(weight.scalar_type());
}

}  // namespace

Third<2> Family::third(const Point<Family>& point, const Tensors<2>& u, const Tensors<2>& b,
                       const Tensor& g, bool in_value, const Wanted<2>& wanted) {
  const Tensor &x = point.at.self(), &w = point.at.tensor(1);
  TORCH_CHECK_NOT_IMPLEMENTED(!x.is_nested(), point.op.name,
                              "_double_backward: `self` must be dense to be differentiated again, "
                              "got a nested tensor; use its values");
  const auto dim = point.at.options[0];
  const auto wide = [&](const Tensor& weight) { return broadcast(weight, x, dim); };
  const Mixed mixed = point.op.entry.mixed(x, wide(w), u[0], wide(u[1]), b[0], wide(b[1]));
  Third<2> result;
  if (in_value) result.value = mixed.value.expand_as(x).to(x.scalar_type());
  if (wanted[0]) result.gradients[0] = at::mul(mixed.x, g).to(x.scalar_type());
  if (wanted[1]) result.gradients[1] = reduced(at::mul(mixed.w, g), w, dim);
  return result;
}

/// The sums of the weight gradient are ATen's: in its order, not in the kernels', and in float32
/// for all but float64.
void Family::express(const Job<Family>& job, std::span<Tensor> results) {
  const auto& given = job.given;
  const Tensor &x = given.self(), &w = given.tensor(1);
  const auto dim = given.options[0];
  const std::array from = {x, broadcast(w, x, dim), given.grad_output(), given.direction(0),
                           broadcast(given.direction(1), x, dim)};
  const bool twice = job.which == kind::double_backward, backward = job.which == kind::backward;
  const auto& asked = given.wanted;  // of grad_output first, where that is differentiated
  const Wanted<3> wanted = twice      ? Wanted<3>{asked[1], asked[0], asked[2]}
                           : backward ? Wanted<3>{asked[0], false, asked[1]}
                                      : Wanted<3>{true, false, false};
  Tensors<3> all;
  job.op.entry.expression(pass_of(job.which), from, given.numbers, wanted, all);
  if (wanted[2]) all[2] = reduced(all[2], w, dim);
  round_to(x.scalar_type(), all);
  if (twice) std::swap(all[0], all[1]);
  if (backward) all[1] = all[2];
  std::copy_n(all.begin(), results.size(), results.begin());
}

const Tensor& grad_weight_of(const Job<Family>& job) {
  return job.which >= kind::backward ? job.results.back() : no_tensor;
}

void Family::run_cpu(const Job<Family>& job) {
  const Tensor& grad_weight = grad_weight_of(job);
  if (job.given.self().numel() == 0) {
    if (grad_weight.defined()) grad_weight.zero_();
    return;
  }
  const auto kernel = unit_in_use(*job.op.entry.unit)
                          .at[static_cast<int>(pass_of(job.which))][static_cast<int>(job.type)];
  const parametric::job j = job_of(job);
  const Tiling tiling(j, grad_weight.defined());
  Tensor table;
  double* sums = nullptr;
  if (grad_weight.defined()) {
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
  if (sums) add_up(grad_weight, sums, tiling.sums(), tiling.size[1]);
}

job job_of(const Job<Family>& call) {
  const auto& [results, given] = std::tie(call.results, call.given);
  const bool twice = call.which == kind::double_backward;
  const Tensor& weight = given.tensor(1);
  const bool single = weight.numel() == 1;
  job j{};
  const auto channel = coalesce(j, call.op.name, given.self().sizes(),
                                {Operand{result, results[twice ? 1 : 0], true},
                                 {grad_grad_output, twice ? results[0] : no_tensor, true},
                                 {parametric::self, given.self()},
                                 {grad_output, given.grad_output()},
                                 {grad_grad_self, given.direction(0)}},
                                single ? std::nullopt : std::optional(given.options[0]));
  if (channel) {
    j.channel = *channel;
  } else {
    j.channel = j.rank++;
    j.size[j.channel] = 1;
  }
  const auto stride = [&](const Tensor& t) { return single ? 0 : t.stride(0) * t.element_size(); };
  j.weight = weight.const_data_ptr();
  j.weight_stride = stride(weight);
  if (const Tensor& direction = given.direction(1); direction.defined()) {
    j.grad_grad_weight = direction.const_data_ptr();
    j.grad_grad_weight_stride = stride(direction);
  }
  return j;
}

void register_operators(torch::Library& m) {
  for (const Entry& entry : catalogue().parametric) register_activation<Family>(m, entry);
}
void register_operators(torch::Library& m, const Entry& entry, const std::string& library) {
  register_activation<Family>(m, entry, library);
}

}  // namespace nonlin::parametric
