// A program that uses no symbol of nonlin: its operators must be registered because the program was
// linked with it.
#include <torch/script.h>

#include <iomanip>
#include <iostream>

int main(int, char** arguments) {
  auto module = torch::jit::load(arguments[1]);
  const auto x = torch::linspace(-3, 3, 12, torch::kFloat64).reshape({4, 3}).requires_grad_();
  const auto y = module.forward({x}).toTensor();
  y.sum().backward();
  std::cout << std::setprecision(17) << y.sum().item<double>() << ' '
            << x.grad().square().sum().item<double>() << '\n';
}
