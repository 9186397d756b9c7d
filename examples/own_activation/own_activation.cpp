// Learns the width of a gate from what it gives: operators of one's own are operators like any.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/torch.h>

#include <iostream>

namespace own {

at::Tensor gaussian_gate(const at::Tensor& self, const at::Tensor& width, int64_t dim = 1) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("own::gaussian_gate", "")
                             .typed<at::Tensor(const at::Tensor&, const at::Tensor&, int64_t)>();
  return op.call(self, width, dim);
}
at::Tensor soft_sign(const at::Tensor& self, const at::Scalar& sharpness = 1) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("own::soft_sign", "")
                             .typed<at::Tensor(const at::Tensor&, const at::Scalar&)>();
  return op.call(self, sharpness);
}

}  // namespace own

int main() {
  torch::manual_seed(0);
  const auto x = torch::linspace(-3, 3, 101);
  const auto target = own::soft_sign(own::gaussian_gate(x, torch::tensor(0.6F)), 2);
  auto width = torch::ones({}, torch::requires_grad());
  torch::optim::Adam optimizer({width}, 0.02);
  for (int step = 0; step < 300; ++step) {
    optimizer.zero_grad();
    torch::mse_loss(own::soft_sign(own::gaussian_gate(x, width), 2), target).backward();
    optimizer.step();
  }
  std::cout << "width " << width.item<double>() << "\n";
}
