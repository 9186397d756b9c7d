/// The gated family: its kernels on CPUs, and its third derivatives.
#include <ATen/WrapDimUtils.h>
#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>

#include "../families.h"
#include "../instruction_set.h"
#include "../parallel.h"
#include "../registration.h"
#include "family.h"

namespace nonlin::gated {
namespace {

template <class Family> void run(const Job<Family>& job) {
  operands all;  // not cleared, which would show in small calls
  const auto elements = describe(all, job);
  if (elements == 0) return;
  const auto kernel = unit_in_use(*job.op.entry.unit)
                          .at[static_cast<int>(pass_of(job.which))][static_cast<int>(job.type)];
  in_ranges(elements, [&](std::int64_t begin, std::int64_t end) {
    kernel(job.parameters.data(), all, begin, end);
  });
}

/// a·b of those that are there, or undefined.
Tensor product(const Tensor& a, const Tensor& b) {
  return a.defined() && b.defined() ? at::mul(a, b) : Tensor();
}

/// g·(u₀b₀·f‴h + (u₀b₁ + u₁b₀)·f″h′) and g·u₀b₀·f″h′, where f(gate) and h(up) are the factors.
Tensors<2> third_gradients(const Entry& entry, const Numbers& numbers, const Tensors<2>& at,
                           const Tensors<2>& u, const Tensors<2>& b, const Tensor& g,
                           const Wanted<2>& wanted) {
  const auto& [gate, up] = at;
  TORCH_CHECK_NOT_IMPLEMENTED(!gate.is_nested(), entry.name,
                              "_double_backward: `self` must be dense to be differentiated again, "
                              "got a nested tensor; use its values");
  const auto cut = [&](const Tensor& t) {
    return t.defined() && entry.up ? at::mul(t, entry.up(1, up, numbers)) : t;
  };
  const Tensor twice = product(u[0], b[0]), curvature = entry.derivative(2, gate, numbers);
  Tensors<2> result;
  if (wanted[0]) {
    Tensor sum = cut(product(nonlin::sum(product(u[0], b[1]), product(u[1], b[0])), curvature));
    if (twice.defined()) {
      const Tensor h = entry.up ? entry.up(0, up, numbers) : up;
      const Tensor third = entry.derivative(3, gate, numbers);
      sum = nonlin::sum(at::mul(at::mul(third, h), twice), sum);
    }
    if (sum.defined()) result[0] = at::mul(sum, g).to(gate.scalar_type());
  }
  if (wanted[1] && twice.defined()) {
    result[1] = cut(at::mul(at::mul(curvature, twice), g)).to(up.scalar_type());
  }
  return result;
}

/// The pass of a call by ATen's operators, for two tensors `at` and directions of both.
template <class Family>
Tensors<3> expressed(const Job<Family>& job, const Tensors<2>& directions, const Tensors<2>& at,
                     const Wanted<3>& wanted) {
  c10::SmallVector<Tensor, max_inputs> from;
  if (job.which == kind::double_backward) from.append(directions.begin(), directions.end());
  if (job.which >= kind::backward) from.push_back(job.given.grad_output());
  from.append(at.begin(), at.end());
  Tensors<3> results;
  job.op.entry.expression(pass_of(job.which), from, job.given.numbers, wanted, results);
  round_to(at[0].scalar_type(), results);
  return results;
}

}  // namespace

std::int64_t describe(operands& to, const Job<Family>& job) {
  const auto& given = job.given;
  c10::SmallVector<const Tensor*, operands::max_tensors> all;
  for (const Tensor& t : job.results) all.push_back(&t);
  const auto written = all.size();
  if (job.which == kind::double_backward) {
    for (std::size_t i = 0; i < 2; ++i) all.push_back(&given.direction(i));
  }
  if (job.which >= kind::backward) all.push_back(&given.grad_output());
  for (std::size_t i = 0; i < 2; ++i) all.push_back(&given.tensor(i));
  const auto elements = given.self().numel();
  if (elements > 0) coalesce_alike(to, job.op.name, given.self().sizes(), all, written);
  return elements;
}

void Family::run_cpu(const Job<Family>& job) { run(job); }
void PackedFamily::run_cpu(const Job<PackedFamily>& job) { run(job); }

void Family::express(const Job<Family>& job, std::span<Tensor> results) {
  const auto& given = job.given;
  const auto all = expressed(job, {given.direction(0), given.direction(1)},
                             {given.tensor(0), given.tensor(1)}, given.wanted);
  std::copy_n(all.begin(), results.size(), results.begin());
}
/// Of a gradient both halves are wanted or neither.
void PackedFamily::express(const Job<PackedFamily>& job, std::span<Tensor> results) {
  const auto& given = job.given;
  const Places places(given);
  const bool twice = job.which == kind::double_backward, gradient = !twice || given.wanted[1];
  const auto all = expressed(job, places.split(given.direction(0)), places.split(given.self()),
                             {given.wanted[0], gradient, gradient});
  if (job.which == kind::backward) {
    results[0] = places.joined({all[0], all[1]});
  } else {
    results[0] = all[0];
    if (twice && gradient) results[1] = places.joined({all[1], all[2]});
  }
}

Third<2> Family::third(const Point<Family>& point, const Tensors<2>& u, const Tensors<2>& b,
                       const Tensor& g, bool in_value, const Wanted<2>& wanted) {
  Third<2> result;
  if (in_value) {  // b₀·∂₀ + b₁·∂₁ of the derivative along u
    result.value =
        sum(point.second(u, b[0], {true, false})[0], point.second(u, b[1], {false, true})[1]);
  }
  if (any(wanted)) {
    result.gradients = third_gradients(point.op.entry, point.at.numbers,
                                       {point.at.tensor(0), point.at.tensor(1)}, u, b, g, wanted);
  }
  return result;
}

Third<1> PackedFamily::third(const Point<PackedFamily>& point, const Tensors<1>& u,
                             const Tensors<1>& b, const Tensor& g, bool in_value,
                             const Wanted<1>& wanted) {
  Third<1> result;
  Arguments<PackedFamily> a = point.at;
  const Tensor& self = a.self();
  TORCH_CHECK_NOT_IMPLEMENTED(!self.is_nested(), point.op.name,
                              "_double_backward: `self` must be dense to be differentiated again, "
                              "got a nested tensor; use its values");
  a.options[0] = at::maybe_wrap_dim(a.options[0], self.dim());
  const Places places(a);
  const auto along = places.split(b[0]);
  if (in_value) {
    const auto by = [&](std::size_t i) {
      return places.split(point.second(u, along[i], {true})[0])[i];
    };
    result.value = at::add(by(0), by(1));
  }
  if (wanted[0]) {
    const auto gradients = third_gradients(point.op.entry, a.numbers, places.split(self),
                                           places.split(u[0]), along, g, {true, true});
    result.gradients[0] = places.joined(gradients);
  }
  return result;
}

void register_operators(torch::Library& m) {
  for (const Entry& entry : catalogue().gated) register_activation<Family>(m, entry);
  for (const PackedEntry& entry : catalogue().packed) {
    register_activation<PackedFamily>(m, entry);
  }
}
void register_operators(torch::Library& m, const Entry& entry, const std::string& library) {
  register_activation<Family>(m, entry, library);
}
void register_operators(torch::Library& m, const PackedEntry& entry, const std::string& library) {
  register_activation<PackedFamily>(m, entry, library);
}

}  // namespace nonlin::gated
