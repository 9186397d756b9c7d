/// The pointwise family: its kernels on CPUs, and its third derivative.
#include <ATen/ops/mul.h>

#include "../families.h"
#include "../instruction_set.h"
#include "../parallel.h"
#include "../registration.h"
#include "family.h"

namespace nonlin::pointwise {
namespace {

void run_flat(cpu_kernel kernel, const Job<Family>& job, const Operands& tensors) {
  pointwise::run run{};
  const auto size = static_cast<std::int64_t>(tensors.at[0]->element_size());
  int n = 0;
  for (; n < tensors.outputs; ++n) {
    run.output[n] = static_cast<char*>(tensors.at[n]->mutable_data_ptr());
    run.output_stride[n] = size;
  }
  for (int i = 0; n < tensors.size; ++i, ++n) {
    run.input[i] = static_cast<const char*>(tensors.at[n]->const_data_ptr());
    run.input_stride[i] = size;
  }
  run.size = tensors.at[0]->numel();
  kernel(job.parameters.data(), run);
}

/// TensorIterator divides the rows among threads.
void run_rows(cpu_kernel kernel, const Job<Family>& job, const Operands& tensors) {
  const int outputs = tensors.outputs, all = tensors.size, inputs = all - outputs;
  auto iterator = tensors.iterator();
  iterator.for_each(
      [&](char** data, const std::int64_t* strides, std::int64_t size, std::int64_t rows) {
        pointwise::run run{};
        run.size = size;
        std::copy_n(strides, outputs, run.output_stride);
        std::copy_n(strides + outputs, inputs, run.input_stride);
        for (std::int64_t row = 0; row < rows; ++row) {
          for (int i = 0; i < outputs; ++i) run.output[i] = data[i] + row * strides[all + i];
          for (int i = 0; i < inputs; ++i) {
            run.input[i] = data[outputs + i] + row * strides[all + outputs + i];
          }
          kernel(job.parameters.data(), run);
        }
      },
      grain_size);
}

}  // namespace

Operands::Operands(const Job<Family>& job) {
  for (const Tensor& t : job.results) at[outputs++] = &t;
  size = outputs;
  if (job.which == kind::double_backward) at[size++] = &job.given.direction(0);
  if (job.which >= kind::backward) at[size++] = &job.given.grad_output();
  at[size++] = &job.given.self();
}

bool Operands::flat() const {
  return at[0]->is_non_overlapping_and_dense() &&
         std::all_of(at + 1, at + size,
                     [&](const Tensor* t) { return t->strides() == at[0]->strides(); });
}

at::TensorIterator Operands::iterator() const {
  at::TensorIteratorConfig config;
  config.set_check_mem_overlap(false).resize_outputs(false);
  for (int i = 0; i < outputs; ++i) config.add_output(*at[i]);
  for (int i = outputs; i < size; ++i) config.add_const_input(*at[i]);
  return config.build();
}

void Family::run_cpu(const Job<Family>& job) {
  const auto numel = job.given.self().numel();
  if (numel == 0) return;
  const auto kernel = unit_in_use(*job.op.entry.unit)
                          .at[static_cast<int>(pass_of(job.which))][static_cast<int>(job.type)];
  const Operands tensors(job);
  (numel <= grain_size && tensors.flat() ? run_flat : run_rows)(kernel, job, tensors);
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
