/// One tensor that holds gates and what they let up: what is checked, its sizes, and its halves.
#include <ATen/ops/cat.h>
#include <ATen/ops/narrow.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/stack.h>

#include "family.h"

namespace nonlin::gated {
namespace {

using Given = Arguments<PackedFamily>;

c10::SymDimVector half_sizes(const Tensor& t, std::int64_t dim) {
  c10::SymDimVector sizes(t.sym_sizes().begin(), t.sym_sizes().end());
  sizes[dim] = sizes[dim] / 2;
  return sizes;
}

}  // namespace

Tensors<2> Places::split(const Tensor& t) const {
  if (!t.defined()) return {};
  if (layout == interleaved) {
    return {at::slice(t, dim, 0, std::nullopt, 2), at::slice(t, dim, 1, std::nullopt, 2)};
  }
  const auto half = t.sym_size(dim) / 2;
  const Tensor first = at::narrow_symint(t, dim, 0, half),
               last = at::narrow_symint(t, dim, half, half);
  return layout == 1 ? Tensors<2>{last, first} : Tensors<2>{first, last};
}

Tensor Places::joined(const Tensors<2>& t) const {
  const auto& [gate, up] = t;
  if (layout == interleaved) {
    c10::SymDimVector sizes(gate.sym_sizes().begin(), gate.sym_sizes().end());
    sizes[dim] = sizes[dim] * 2;
    return at::stack({gate, up}, dim + 1).reshape_symint(sizes);
  }
  return layout == 1 ? at::cat({up, gate}, dim) : at::cat({gate, up}, dim);
}

dtype PackedFamily::check(const Caller& caller, kind, const Operators<PackedFamily>&, Given& a) {
  const Tensor& self = a.self();
  auto& [dim, layout] = a.options;
  const dtype type = type_of(caller, "self", self);
  TORCH_CHECK(self.dim() > 0, caller, ": `self` must have at least one dimension, got none");
  dim = check_dim(caller, dim, self.dim());
  TORCH_CHECK_VALUE(0 <= layout && layout <= Places::interleaved, caller,
                    ": `layout` must be 0 (gate first), 1 (gate last) or 2 (interleaved), got ",
                    layout);
  TORCH_CHECK_VALUE(is_true((self.sym_size(dim) % 2).sym_eq(0)), caller,
                    ": `self` must have an even size in dimension ", dim, ", got ",
                    self.sym_size(dim));
  return type;
}

void PackedFamily::check_gradients(const Caller& caller, kind which, const Operators<PackedFamily>&,
                                   const Given& a) {
  const bool twice = which == kind::double_backward;
  if (twice && a.direction(0).defined()) {
    check_like(caller, direction_name(0), a.direction(0), a.self());
  }
  const Tensor& g = a.grad_output();
  if (twice && !a.wanted[1] && !g.defined()) return;
  check_options(caller, "grad_output", g, a.self());
  const auto sizes = result_sizes(a);
  TORCH_CHECK(equal(g.sym_sizes(), sizes), caller, ": `grad_output` must have sizes ",
              c10::SymIntArrayRef(sizes), ", got ", g.sym_sizes());
}

c10::SymDimVector PackedFamily::result_sizes(const Given& a) {
  return half_sizes(a.self(), a.options[0]);
}
Tensor PackedFamily::new_result(const Given& a) {
  return laid_out_like(a.self(), result_sizes(a), a.self().scalar_type());
}

std::int64_t describe(operands& to, const Job<PackedFamily>& job) {
  const auto& given = job.given;
  const Tensor& self = given.self();
  const auto elements = self.numel() / 2;
  if (elements == 0) return 0;
  const Places places(given);
  c10::DimVector sizes(self.sizes());
  const auto half = sizes[places.dim] /= 2;
  c10::SmallVector<Operand, operands::max_tensors> all;
  const auto add_half = [&](const Tensor& t, bool written = false) {
    all.push_back({static_cast<int>(all.size()), t, written});
  };
  const auto add_both = [&](const Tensor& t, bool written = false) {
    for (const auto first : {places.gate(half), places.up(half)}) {
      Operand o{static_cast<int>(all.size()), t, written};
      if (places.layout == Places::interleaved) {
        o.stretched = places.dim;
        o.factor = 2;
      }
      if (t.defined()) o.offset = first * t.stride(places.dim);
      all.push_back(o);
    }
  };
  if (job.which != kind::backward) add_half(job.results[0], true);
  if (job.which >= kind::backward) add_both(job.results.back(), true);
  if (job.which == kind::double_backward) add_both(given.direction(0));
  if (job.which >= kind::backward) add_half(given.grad_output());
  add_both(self);
  coalesce(to, job.op.name, sizes, all);
  return elements;
}

}  // namespace nonlin::gated
