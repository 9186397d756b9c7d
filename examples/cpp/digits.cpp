// Runs the network that digits.py trained and saved, and trains it further. No Python is involved,
// and no name of nonlin is mentioned: linking with the library is enough for TorchScript to find
// the operators.
#include <torch/script.h>
#include <torch/torch.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

double test_accuracy(torch::jit::Module& model, const torch::jit::Module& digits) {
  torch::NoGradGuard guard;
  auto logits = model.forward({digits.attr("test_images")}).toTensor();
  auto right = logits.argmax(1) == digits.attr("test_labels").toTensor();
  return right.to(torch::kDouble).mean().item<double>();
}

/// Mean loss over an epoch of Adam on batches of 64.
double train(torch::jit::Module& model, const torch::jit::Module& digits) {
  auto images = digits.attr("train_images").toTensor();
  auto labels = digits.attr("train_labels").toTensor();
  std::vector<torch::Tensor> parameters;
  for (const auto& parameter : model.parameters()) parameters.push_back(parameter);
  torch::optim::Adam optimizer(parameters, 2e-3);
  double total = 0;
  for (const auto& batch : torch::randperm(labels.size(0)).split(64)) {
    optimizer.zero_grad();
    auto logits = model.forward({images.index_select(0, batch)}).toTensor();
    auto loss = torch::cross_entropy_loss(logits, labels.index_select(0, batch));
    loss.backward();
    optimizer.step();
    total += loss.item<double>() * batch.size(0);
  }
  return total / labels.size(0);
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
  auto report = [&](const char* when) {
    std::printf("  test accuracy %s: %.2f%%\n", when, 100 * test_accuracy(model, digits));
  };
  report("as trained in Python");
  std::printf("  loss during one more epoch: %.4f\n", train(model, digits));
  report("after it");
}
