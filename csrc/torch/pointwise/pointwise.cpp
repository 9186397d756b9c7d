/// The pointwise family: its kernels on CPUs, and its third derivative.
#include <ATen/ops/mul.h>

#include "../coalesce.h"
#include "../families.h"
#include "../instruction_set.h"
#include "../parallel.h"
#include "../registration.h"
#include "family.h"

namespace nonlin::pointwise {

Operands::Operands(const Job<Family>& job) {
  for (const Tensor& t : job.results) at[outputs++] = &t;
  size = outputs;
  if (job.which == kind::double_backward) at[size++] = &job.given.direction(0);
  if (job.which >= kind::backward) at[size++] = &job.given.grad_output();
  at[size++] = &job.given.self();
}

void Operands::describe(operands& to, const std::string& name) const {
  coalesce_alike(to, name, at[0]->sizes(), {at, static_cast<std::size_t>(size)},
                 static_cast<std::size_t>(outputs));
}

void Family::run_cpu(const Job<Family>& job) {
  const auto numel = job.given.self().numel();
  if (numel == 0) return;
  const auto kernel = unit_in_use(*job.op.entry.unit)
                          .at[static_cast<int>(pass_of(job.which))][static_cast<int>(job.type)];
  operands all;  // not cleared, which would show in small calls
  Operands(job).describe(all, job.op.name);
  in_ranges(numel, [&](std::int64_t begin, std::int64_t end) {
    kernel(job.parameters.data(), all, begin, end);
  });
}

void Family::express(const Job<Family>& job, std::span<Tensor> results) {
  const auto& given = job.given;
  c10::SmallVector<Tensor, max_inputs> from;
  if (job.which == kind::double_backward) from.push_back(given.direction(0));
  if (job.which >= kind::backward) from.push_back(given.grad_output());
  from.push_back(given.self());
  job.op.entry.expression(pass_of(job.which), from, given.numbers, given.wanted, results);
  round_to(given.self().scalar_type(), results);
}

/// A number that a compiler traces is not read: it may be another in the next call.
bool Family::saves_result(const Operators<Family>& op, const Arguments<Family>& a) {
  const auto says = op.entry.unit->cpu[0]->saves_result;
  const auto type = kernel_type(a.self().scalar_type());
  if (says == nullptr || !type) return false;
  Parameters parameters;
  for (std::size_t i = 0; i < op.count; ++i) {
    const c10::Scalar& number = a.numbers[i];
    if (number.isSymbolic() || number.isComplex()) return false;
    parameters[i] = number.toDouble();
  }
  return says(parameters.data(), *type);
}

Third<1> Family::third(const Point<Family>& point, const Tensors<1>& u, const Tensors<1>& b,
                       const Tensor& g, bool in_value, const Wanted<1>& wanted) {
  Third<1> result;
  if (in_value) result.value = std::move(point.second(b, u[0], {true})[0]);
  if (!wanted[0]) return result;
  const Tensor& x = point.at.self();
  TORCH_CHECK_NOT_IMPLEMENTED(!x.is_nested() || x.layout() == c10::kJagged, point.op.name,
                              "_double_backward: `self` must be jagged where it is nested, to be "
                              "differentiated again; make it with layout=torch.jagged");
  const Tensor slope = point.op.entry.derivative(3, x, point.at.numbers);
  result.gradients[0] = at::mul(at::mul(at::mul(slope, g), u[0]), b[0]).to(x.scalar_type());
  return result;
}

void register_operators(torch::Library& m) {
  for (const Entry& entry : catalogue().pointwise) register_activation<Family>(m, entry);
}
void register_operators(torch::Library& m, const Entry& entry, const std::string& library) {
  register_activation<Family>(m, entry, library);
}

}  // namespace nonlin::pointwise
