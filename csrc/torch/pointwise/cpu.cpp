/// Runs the CPU kernels over tensors.
#include "../instruction_set.h"
#include "kernel.h"

namespace nonlin::pointwise {
namespace {

/// Elements below which a second thread does not pay; ATen's own figure.
constexpr std::int64_t grain_size = 32768;

void run_flat(cpu_kernel kernel, const Pass& pass) {
  pointwise::run run{};
  const auto size = static_cast<std::int64_t>(pass.inputs[0].element_size());
  for (std::size_t i = 0; i < pass.inputs.size(); ++i) {
    run.input[i] = static_cast<const char*>(pass.inputs[i].const_data_ptr());
    run.input_stride[i] = size;
  }
  for (std::size_t i = 0; i < pass.outputs.size(); ++i) {
    run.output[i] = static_cast<char*>(pass.outputs[i].mutable_data_ptr());
    run.output_stride[i] = size;
  }
  run.size = pass.inputs[0].numel();
  kernel(pass.parameters.data(), run);
}

/// TensorIterator divides the rows among threads.
void run_rows(cpu_kernel kernel, const Pass& pass) {
  auto iterator = iterator_over(pass);
  const auto outputs = pass.outputs.size(), inputs = pass.inputs.size(), all = outputs + inputs;
  iterator.for_each(
      [&](char** data, const std::int64_t* strides, std::int64_t size, std::int64_t rows) {
        pointwise::run run{};
        run.size = size;
        std::copy_n(strides, outputs, run.output_stride);
        std::copy_n(strides + outputs, inputs, run.input_stride);
        for (std::int64_t row = 0; row < rows; ++row) {
          for (std::size_t i = 0; i < outputs; ++i)
            run.output[i] = data[i] + row * strides[all + i];
          for (std::size_t i = 0; i < inputs; ++i) {
            run.input[i] = data[outputs + i] + row * strides[all + outputs + i];
          }
          kernel(pass.parameters.data(), run);
        }
      },
      grain_size);
}

}  // namespace

bool is_flat(const Pass& pass) {
  const Tensor& first = pass.outputs[0];
  if (!first.is_non_overlapping_and_dense()) return false;
  const auto alike = [&](const Tensor& t) { return t.strides() == first.strides(); };
  return std::all_of(pass.outputs.begin(), pass.outputs.end(), alike) &&
         std::all_of(pass.inputs.begin(), pass.inputs.end(), alike);
}

at::TensorIterator iterator_over(const Pass& pass) {
  at::TensorIteratorConfig config;
  config.set_check_mem_overlap(false).resize_outputs(false);
  for (const Tensor& t : pass.outputs) config.add_output(t);
  for (const Tensor& t : pass.inputs) config.add_const_input(t);
  return config.build();
}

void run_cpu(const Operators& op, const Pass& pass) {
  const auto numel = pass.inputs[0].numel();
  if (numel == 0) return;
  const auto kernel =
      unit_in_use(op.unit).at[static_cast<int>(pass.pass)][static_cast<int>(pass.type)];
  if (numel <= grain_size && is_flat(pass)) {
    run_flat(kernel, pass);
  } else {
    run_rows(kernel, pass);
  }
}

}  // namespace nonlin::pointwise
