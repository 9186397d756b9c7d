// The modules of the public API: options, names, cloning, training, saving.
#include <gtest/gtest.h>
#include <nonlin/nonlin.h>
#include <torch/torch.h>

#include <sstream>

namespace {

template <class Module> std::string shown(const Module& module) {
  std::ostringstream text;
  text << module;
  return text.str();
}

TEST(Modules, ShowTheirOptions) {
  EXPECT_EQ(shown(nonlin::nn::GELU(torch::nn::GELUOptions().approximate("tanh"))),
            "nonlin::nn::GELU(approximate=tanh)");
  EXPECT_EQ(shown(nonlin::nn::Swish(1.5)), "nonlin::nn::Swish(beta=1.5)");
  EXPECT_EQ(shown(nonlin::nn::SiLU()), "nonlin::nn::SiLU()");
  EXPECT_EQ(shown(nonlin::nn::Mish()), "nonlin::nn::Mish()");
  EXPECT_EQ(shown(nonlin::nn::ELU(torch::nn::ELUOptions().alpha(.5))),
            "nonlin::nn::ELU(alpha=0.5)");
  EXPECT_EQ(shown(nonlin::nn::CELU(torch::nn::CELUOptions().alpha(.5))),
            "nonlin::nn::CELU(alpha=0.5)");
  EXPECT_EQ(shown(nonlin::nn::SELU()), "nonlin::nn::SELU()");
}

TEST(Modules, ComputeWhatTheirOptionsSay) {
  const auto x = torch::linspace(-4, 4, 41);
  EXPECT_TRUE(at::equal(nonlin::nn::GELU()(x), nonlin::gelu(x)));
  EXPECT_TRUE(at::equal(nonlin::nn::GELU(torch::nn::GELUOptions().approximate("tanh"))(x),
                        nonlin::gelu_tanh(x)));
  EXPECT_TRUE(at::equal(nonlin::nn::Swish(1.5)(x), nonlin::swish(x, 1.5)));
  EXPECT_TRUE(at::equal(nonlin::nn::SiLU()(x), nonlin::silu(x)));
  EXPECT_TRUE(at::equal(nonlin::nn::Mish()(x), nonlin::mish(x)));
  EXPECT_TRUE(at::equal(nonlin::nn::ELU(torch::nn::ELUOptions().alpha(.5))(x), nonlin::elu(x, .5)));
  EXPECT_TRUE(
      at::equal(nonlin::nn::CELU(torch::nn::CELUOptions().alpha(.5))(x), nonlin::celu(x, .5)));
  EXPECT_TRUE(at::equal(nonlin::nn::SELU()(x), nonlin::selu(x)));
}

TEST(Modules, WorkInPlace) {
  const auto x = torch::linspace(-4, 4, 41), y = nonlin::elu(x);
  EXPECT_TRUE(nonlin::nn::ELU(torch::nn::ELUOptions().inplace(true))(x).is_same(x));
  EXPECT_TRUE(at::equal(x, y));
}

TEST(Modules, TrainInASequentialAndClone) {
  torch::manual_seed(0);
  torch::nn::Sequential net(torch::nn::Linear(2, 16), nonlin::nn::Mish(), torch::nn::Linear(16, 16),
                            nonlin::nn::GELU(), torch::nn::Linear(16, 1));
  const auto x = torch::rand({64, 2}), y = x.prod(1, true);
  torch::optim::Adam optimizer(net->parameters(), 1e-2);
  const auto loss = [&] { return torch::mse_loss(net->forward(x), y); };
  const double before = loss().item<double>();
  for (int step = 0; step < 50; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
  EXPECT_LT(loss().item<double>(), before / 4);
  const auto clone = std::dynamic_pointer_cast<torch::nn::SequentialImpl>(net->clone());
  EXPECT_TRUE(at::equal(clone->forward(x), net->forward(x)));
}

TEST(Modules, AreSavedAndLoaded) {
  const auto make = [] {
    return torch::nn::Sequential(torch::nn::Linear(3, 8), nonlin::nn::Swish(1.5),
                                 torch::nn::Linear(8, 1));
  };
  torch::nn::Sequential net = make(), other = make();
  std::stringstream file;
  torch::save(net, file);
  torch::load(other, file);
  const auto x = torch::rand({5, 3});
  EXPECT_TRUE(at::equal(net->forward(x), other->forward(x)));
}

}  // namespace
