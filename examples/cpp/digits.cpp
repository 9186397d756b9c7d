// Runs the network that digits.py trained and saved, and trains it further. No Python is involved,
// and no name of nonlin is mentioned: linking with the library is enough for TorchScript to find
// the operators.
#include <torch/script.h>
#include <torch/torch.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

struct set {
  torch::Tensor images, labels;
};

set part(const torch::jit::Module& digits, const std::string& name) {
  return {digits.attr(name + "_images").toTensor(), digits.attr(name + "_labels").toTensor()};
}

torch::Tensor run(torch::jit::Module& model, const torch::Tensor& images) {
  return model.forward({images}).toTensor();
}

void report(const char* when, torch::jit::Module& model, const set& train, const set& test) {
  torch::NoGradGuard guard;
  auto loss = torch::cross_entropy_loss(run(model, train.images), train.labels);
  auto right = run(model, test.images).argmax(1) == test.labels;
  std::printf("  %s: training loss %.5f, test accuracy %.2f%%\n", when, loss.item<double>(),
              100 * right.to(torch::kDouble).mean().item<double>());
}

/// One epoch of Adam on batches of 64.
void train_further(torch::jit::Module& model, const set& train) {
  std::vector<torch::Tensor> parameters;
  for (const auto& parameter : model.parameters()) parameters.push_back(parameter);
  torch::optim::Adam optimizer(parameters, 2e-4);
  for (const auto& batch : torch::randperm(train.labels.size(0)).split(64)) {
    optimizer.zero_grad();
    auto logits = run(model, train.images.index_select(0, batch));
    torch::cross_entropy_loss(logits, train.labels.index_select(0, batch)).backward();
    optimizer.step();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: digits FOLDER, with the mish.pt and digits.pt of digits.py\n", stderr);
    return 2;
  }
  torch::manual_seed(0);
  const std::string folder = argv[1];
  auto model = torch::jit::load(folder + "/mish.pt");
  auto digits = torch::jit::load(folder + "/digits.pt");
  auto train = part(digits, "train"), test = part(digits, "test");
  report("as trained in Python", model, train, test);
  train_further(model, train);
  report("after one more epoch", model, train, test);
}
