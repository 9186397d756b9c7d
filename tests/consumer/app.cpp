// A LibTorch program that builds a model from nonlin's modules and functions and trains it.
#include <nonlin/nonlin.h>
#include <torch/torch.h>

#include <iostream>

namespace {

struct Net : torch::nn::Module {
  Net() {
    first = register_module("first", torch::nn::Linear(2, 32));
    mish = register_module("mish", nonlin::nn::Mish());
    second = register_module("second", torch::nn::Linear(32, 32));
    last = register_module("last", torch::nn::Linear(32, 1));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    return last(nonlin::swish(second(mish(first(x))), 1.5));
  }

  torch::nn::Linear first{nullptr}, second{nullptr}, last{nullptr};
  nonlin::nn::Mish mish{nullptr};
};

}  // namespace

int main() {
  torch::manual_seed(0);
  const auto x = 4 * torch::rand({256, 2}) - 2;
  const auto y = (x.select(1, 0) * x.select(1, 1)).sin().unsqueeze(1);

  Net net;
  torch::optim::Adam optimizer(net.parameters(), 1e-2);
  double before = 0, after = 0;
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    const auto loss = torch::mse_loss(net.forward(x), y);
    loss.backward();
    optimizer.step();
    after = loss.item<double>();
    if (step == 0) before = after;
  }
  std::cout << "loss " << before << " -> " << after << '\n';
  return after < 0.1 * before ? 0 : 1;
}
