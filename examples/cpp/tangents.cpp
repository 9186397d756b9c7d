// Learns a parabola as the largest of sixteen lines: one linear layer, and Maxout. The largest of
// enough lines is any convex function; those learned here are its tangents.
#include <nonlin/nonlin.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::manual_seed(0);
  auto x = torch::linspace(-1, 1, 401).unsqueeze(1), y = x.square();
  torch::nn::Sequential net(torch::nn::Linear(1, 16), nonlin::nn::Maxout(16));
  torch::optim::Adam optimizer(net->parameters(), 0.02);
  for (int step = 0; step < 2000; ++step) {
    optimizer.zero_grad();
    torch::mse_loss(net->forward(x), y).backward();
    optimizer.step();
  }
  auto error = (net->forward(x) - y).abs().max().item<double>();
  std::cout << "largest error " << error << "\n";
}
