// Learns the sine with a network that is built, trained and differentiated in C++.
#include <nonlin/nonlin.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::manual_seed(0);
  auto x = torch::linspace(-3, 3, 200).unsqueeze(1), y = torch::sin(x);
  torch::nn::Sequential net(torch::nn::Linear(1, 32), nonlin::nn::Mish(), torch::nn::Linear(32, 1));
  torch::optim::Adam optimizer(net->parameters(), 0.01);
  for (int step = 0; step < 1000; ++step) {
    optimizer.zero_grad();
    torch::mse_loss(net->forward(x), y).backward();
    optimizer.step();
  }
  auto error = (net->forward(x) - y).abs().max().item<double>();
  std::cout << "largest error " << error << "\n";
}
