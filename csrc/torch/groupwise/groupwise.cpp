/// The groupwise family: what it checks, its sizes, and its kernels on CPUs.
#include <ATen/ops/empty_like.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include "../coalesce.h"
#include "../families.h"
#include "../instruction_set.h"
#include "../parallel.h"
#include "../registration.h"
#include "family.h"

namespace nonlin::groupwise {
namespace {

void check_k(const Caller& caller, std::int64_t k) {
  TORCH_CHECK_VALUE(1 <= k && k <= max_group, caller, ": `k` must be between 1 and ", max_group,
                    ", got ", k);
}

/// Checks k and dim, and returns `dim` from 0.
std::int64_t check_groups(const Caller& caller, const char* argument, const Tensor& t,
                          std::int64_t k, std::int64_t dim) {
  check_k(caller, k);
  TORCH_CHECK(t.dim() > 0, caller, ": `", argument, "` must have at least one dimension, got none");
  dim = check_dim(caller, dim, t.dim());
  TORCH_CHECK_VALUE(is_true((t.sym_size(dim) % k).sym_eq(0)), caller, ": `k` must divide ",
                    t.sym_size(dim), ", the size of dimension ", dim, " of `", argument, "`, got ",
                    k);
  return dim;
}

void check_index(const Caller& caller, const Tensor& index, const Tensor& t) {
  check_defined(caller, "index", index);
  TORCH_CHECK(index.scalar_type() == at::kByte, caller, ": `index` must have dtype uint8, got ",
              c10::getDtypeNames(index.scalar_type()).first);
  TORCH_CHECK(index.device() == t.device(), caller, ": `index` must be on ", t.device(), ", got ",
              index.device());
}

void check_sizes(const Caller& caller, const char* argument, const Tensor& t,
                 c10::SymIntArrayRef sizes) {
  TORCH_CHECK(equal(t.sym_sizes(), sizes), caller, ": `", argument, "` must have sizes ", sizes,
              ", got ", t.sym_sizes());
}

/// The sizes of `t` with `size` entries along the dimension of the groups.
c10::SymDimVector with_entries(const Arguments<Family>& a, const Tensor& t,
                               const c10::SymInt& size) {
  c10::SymDimVector sizes(t.sym_sizes().begin(), t.sym_sizes().end());
  sizes[a.options[1]] = size;
  return sizes;
}

}  // namespace

dtype Family::check(const Caller& caller, kind which, const Operators<Family>&,
                    Arguments<Family>& a) {
  auto& [k, dim] = a.options;
  if (which == kind::backward) {
    const Tensor &g = a.grad_output(), &index = a.tensor(0);
    const dtype type = type_of(caller, "grad_output", g);
    check_k(caller, k);
    check_index(caller, index, g);
    TORCH_CHECK(index.dim() > 0, caller, ": `index` must have at least one dimension, got none");
    dim = check_dim(caller, dim, index.dim());
    check_sizes(caller, "grad_output", g, index.sym_sizes());
    return type;
  }
  const bool gathers = which == kind::double_backward;
  const Tensor& groups = gathers ? a.direction(0) : a.self();
  const char* name = gathers ? "input" : "self";
  const dtype type = type_of(caller, name, groups);
  dim = check_groups(caller, name, groups, k, dim);
  if (gathers) {
    check_index(caller, a.tensor(0), groups);
    check_sizes(caller, "index", a.tensor(0), with_entries(a, groups, groups.sym_size(dim) / k));
  }
  return type;
}

void Family::check_value(const Operators<Family>& op, const Arguments<Family>& a) {
  const Caller caller{op.name};
  const auto [k, dim] = a.options;
  type_of(caller, "self", a.self());
  if (!a.self().is_nested()) {
    check_groups(caller, "self", a.self(), k, dim);
  } else {
    check_k(caller, k);
    nonlin::check_nested(op.untyped(kind::value), {a.self(), k, dim});
  }
}

c10::SymDimVector Family::result_sizes(const Arguments<Family>& a) {
  return with_entries(a, a.self(), a.self().sym_size(a.options[1]) / a.options[0]);
}
Tensor Family::new_result(const Arguments<Family>& a) {
  if (const Tensor& input = a.direction(0); input.defined()) {
    return at::empty_like(a.tensor(0), input.scalar_type());
  }
  return laid_out_like(a.self(), result_sizes(a), a.self().scalar_type());
}
Tensor Family::new_index(const Arguments<Family>& a) {
  return laid_out_like(a.self(), result_sizes(a), at::kByte);
}
Tensor Family::new_gradient(const Arguments<Family>& a, std::size_t) {
  const Tensor& index = a.tensor(0);
  const auto sizes = with_entries(a, index, index.sym_size(a.options[1]) * a.options[0]);
  return laid_out_like(index, sizes, a.grad_output().scalar_type());
}

Operands::Operands(const Job<Family>& job) {
  const Arguments<Family>& a = job.given;
  const Tensor& result = job.results[0];
  if (job.which == kind::backward) {
    set(result, a.grad_output(), a.tensor(0), pass::backward);
  } else if (job.which == kind::double_backward) {
    set(a.direction(0), result, a.tensor(0), pass::gather);
  } else {
    set(a.self(), result, job.results.size() > 1 ? job.results[1] : no_tensor, pass::value);
  }
}

job Operands::strided(const Job<Family>& call) const {
  const auto [k, dim] = call.given.options;
  const bool spreads = pass == pass::backward;
  job j{};
  coalesce(j, call.op.name, chosen->sizes(),
           {Operand{groupwise::chosen, *chosen, !spreads},
            {groupwise::groups, *groups, spreads, dim, k},
            {groupwise::index, *index, pass == pass::value}});
  j.group = static_cast<int>(k);
  j.step = groups->stride(dim) * static_cast<std::int64_t>(groups->element_size());
  return j;
}

void Family::run_cpu(const Job<Family>& job) {
  const Operands tensors(job);
  const auto k = job.given.options[0], size = tensors.chosen->numel();
  if (size == 0) return;
  const auto kernel = unit_in_use(*job.op.entry.unit)
                          .at[static_cast<int>(tensors.pass)][static_cast<int>(job.type)];
  const auto j = tensors.strided(job);
  if (size * k <= grain_size) return kernel(j, 0, size);
  const auto per_task = std::max<std::int64_t>(1, grain_size / k);
  in_parallel((size + per_task - 1) / per_task, [&](std::int64_t begin, std::int64_t end) {
    kernel(j, begin * per_task, std::min(end * per_task, size));
  });
}

void Family::express(const Job<Family>& job, std::span<Tensor> results) {
  const auto& given = job.given;
  const auto k = given.options[0], dim = given.options[1];
  const auto entries = [&](const Tensor& t, std::int64_t i) {  // one of every group
    return at::slice(t, dim, i, std::nullopt, k);
  };
  if (job.which == kind::backward) {
    const Tensor &g = given.grad_output(), &index = given.tensor(0);
    // Each entry alone, and then side by side: where an entry asks which one of its group it is, it
    // computes all that the group's are computed from.
    const Tensor chosen = index.to(at::kInt);
    std::vector<Tensor> all;
    for (std::int64_t i = 0; i < k; ++i) all.push_back(at::where(at::eq(chosen, i), g, 0));
    results[0] =
        at::stack(all, dim + 1).reshape_symint(with_entries(given, g, g.sym_size(dim) * k));
  } else if (job.which == kind::double_backward) {
    const Tensor &input = given.direction(0), index = given.tensor(0).to(at::kInt);
    results[0] = at::zeros_like(index, input.scalar_type());
    for (std::int64_t i = 0; i < k; ++i) {
      results[0] = at::where(at::eq(index, i), entries(input, i), results[0]);
    }
  } else {
    const bool with_index = results.size() > 1;
    const Entry& f = job.op.entry;
    Tensor best = entries(given.self(), 0), index, better;
    if (with_index) index = at::zeros_like(best, at::kInt);  // which compilers have vectors of
    for (std::int64_t i = 1; i < k; ++i) {
      const Tensor next = entries(given.self(), i);
      if (with_index || !f.choice) better = f.replaces(best, next);
      best = f.choice ? f.choice(best, next) : at::where(better, next, best);
      if (with_index) index = at::where(better, i, index);
    }
    results[0] = best;
    if (with_index) results[1] = index.to(at::kByte);
  }
}

void register_operators(torch::Library& m) {
  for (const Entry& entry : catalogue().groupwise) register_activation<Family>(m, entry);
}
void register_operators(torch::Library& m, const Entry& entry, const std::string& library) {
  register_activation<Family>(m, entry, library);
}

}  // namespace nonlin::groupwise
