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

using at::Tensor;
Tensor inputs() { return torch::linspace(-4, 4, 41); }

/// What a constructor raises.
std::string message(void (*make)()) {
  try {
    make();
  } catch (const c10::ValueError& error) {
    return std::string(error.what_without_backtrace());
  }
  return "no error";
}

// Those that tools/api writes; below are those with options of their own.
#include "modules.inc"

TEST(Modules, ShowTheirOptions) {
  EXPECT_EQ(shown(nonlin::nn::GELU(torch::nn::GELUOptions().approximate("tanh"))),
            "nonlin::nn::GELU(approximate=tanh)");
  EXPECT_EQ(shown(nonlin::nn::Swish(1.5)), "nonlin::nn::Swish(beta=1.5)");
  EXPECT_EQ(shown(nonlin::nn::CELU(torch::nn::CELUOptions().alpha(.5))),
            "nonlin::nn::CELU(alpha=0.5)");
  EXPECT_EQ(shown(nonlin::nn::PReLU()), "nonlin::nn::PReLU(num_parameters=1)");
  EXPECT_EQ(shown(nonlin::nn::PReLU(nonlin::nn::PReLUOptions().num_parameters(3).dim(-1))),
            "nonlin::nn::PReLU(num_parameters=3, dim=-1)");
  EXPECT_EQ(shown(nonlin::nn::Swish(nonlin::nn::SwishOptions().learnable(true))),
            "nonlin::nn::Swish(learnable=true, num_parameters=1)");
  EXPECT_EQ(shown(nonlin::nn::Maxout(2)), "nonlin::nn::Maxout(k=2, dim=-1)");
  EXPECT_EQ(shown(nonlin::nn::GatedMLP(4, 6)),
            "nonlin::nn::GatedMLP(activation=swiglu)(\n"
            "  (gate_up_proj): torch::nn::Linear(in_features=4, out_features=12, bias=false)\n"
            "  (down_proj): torch::nn::Linear(in_features=6, out_features=4, bias=false)\n)");
}

TEST(Modules, ComputeWhatTheirOptionsSay) {
  const auto x = torch::linspace(-4, 4, 41);
  EXPECT_TRUE(at::equal(nonlin::nn::GELU()(x), nonlin::gelu(x)));
  EXPECT_TRUE(at::equal(nonlin::nn::GELU(torch::nn::GELUOptions().approximate("tanh"))(x),
                        nonlin::gelu_tanh(x)));
  EXPECT_TRUE(at::equal(nonlin::nn::Swish(1.5)(x), nonlin::swish(x, 1.5)));
  EXPECT_TRUE(
      at::equal(nonlin::nn::CELU(torch::nn::CELUOptions().alpha(.5))(x), nonlin::celu(x, .5)));
}

TEST(Modules, OfGateAndUp) {
  using namespace nonlin::nn;
  const Tensor x = torch::linspace(-4, 4, 40), gate = x.slice(0, 0, 20), up = x.slice(0, 20);
  EXPECT_EQ(shown(nonlin::nn::GLU()), "nonlin::nn::GLU(dim=-1)");
  EXPECT_EQ(shown(nonlin::nn::BilinearGLU()), "nonlin::nn::BilinearGLU(dim=-1)");
  EXPECT_EQ(shown(nonlin::nn::ReGLU(GatedOptions().dim(0).layout("interleaved"))),
            "nonlin::nn::ReGLU(dim=0, layout=interleaved)");
  EXPECT_EQ(shown(nonlin::nn::GEGLU()), "nonlin::nn::GEGLU(dim=-1, approximate=none)");
  EXPECT_EQ(shown(nonlin::nn::SwiGLU()), "nonlin::nn::SwiGLU(dim=-1, beta=1)");
  EXPECT_EQ(shown(nonlin::nn::SwiGLUClamped()),
            "nonlin::nn::SwiGLUClamped(dim=-1, limit=7, alpha=1.702)");
  EXPECT_TRUE(at::equal(nonlin::nn::GLU()(x), nonlin::glu(up, gate)));
  EXPECT_TRUE(at::equal(nonlin::nn::BilinearGLU()(x), nonlin::bilinear(gate, up)));
  EXPECT_TRUE(at::equal(nonlin::nn::ReGLU()(gate, up), nonlin::reglu(gate, up)));
  EXPECT_TRUE(at::equal(nonlin::nn::GEGLU(GEGLUOptions().approximate("tanh"))(x),
                        nonlin::geglu_tanh(gate, up)));
  EXPECT_TRUE(
      at::equal(nonlin::nn::SwiGLU(SwiGLUOptions().beta(.5))(x), nonlin::swiglu(gate, up, .5)));
  EXPECT_TRUE(at::equal(nonlin::nn::SwiGLUClamped()(x),
                        nonlin::swiglu_clamped(x.slice(0, 0, 40, 2), x.slice(0, 1, 40, 2))));
  EXPECT_EQ(message([] { nonlin::nn::SwiGLUClamped(SwiGLUClampedOptions().limit(-1)); }),
            "nonlin::nn::SwiGLUClamped: `limit` must be positive, got -1");
  EXPECT_EQ(message([] { nonlin::nn::ReGLU(GatedOptions().layout("odd")); }),
            "nonlin::nn::ReGLU: `layout` must be \"gate_first\", \"gate_last\" or "
            "\"interleaved\", got \"odd\"");
}

// Whose numbers have checks of their own, other names in torch::nn, or no defaults.
TEST(Modules, WithNumbersOfTheirOwn) {
  namespace nn = torch::nn;
  const Tensor x = inputs();
  EXPECT_EQ(shown(nonlin::nn::Hardtanh(nn::HardtanhOptions().min_val(-.5))),
            "nonlin::nn::Hardtanh(min_val=-0.5, max_val=1)");
  EXPECT_EQ(shown(nonlin::nn::Threshold(.5, -2)), "nonlin::nn::Threshold(threshold=0.5, value=-2)");
  EXPECT_EQ(shown(nonlin::nn::Softplus()), "nonlin::nn::Softplus(beta=1, threshold=20)");
  EXPECT_EQ(shown(nonlin::nn::Softshrink(.25)), "nonlin::nn::Softshrink(lambd=0.25)");
  EXPECT_EQ(shown(nonlin::nn::Hardshrink(.25)), "nonlin::nn::Hardshrink(lambd=0.25)");
  EXPECT_EQ(shown(nonlin::nn::Sign(true)), "nonlin::nn::Sign(straight_through=true)");

  const auto hardtanh = nn::HardtanhOptions().min_val(-.5).max_val(2);
  EXPECT_TRUE(at::equal(nonlin::nn::Hardtanh(hardtanh)(x), nonlin::hardtanh(x, -.5, 2)));
  EXPECT_TRUE(at::equal(nonlin::nn::Threshold(.5, -2)(x), nonlin::threshold(x, .5, -2)));
  const auto softplus = nn::SoftplusOptions().beta(2).threshold(3);
  EXPECT_TRUE(at::equal(nonlin::nn::Softplus(softplus)(x), nonlin::softplus(x, 2, 3)));
  EXPECT_TRUE(at::equal(nonlin::nn::Softshrink(.25)(x), nonlin::softshrink(x, .25)));
  EXPECT_TRUE(at::equal(nonlin::nn::Hardshrink(.25)(x), nonlin::hardshrink(x, .25)));
  EXPECT_TRUE(at::equal(nonlin::nn::Sign()(x), nonlin::sign(x)));
  const Tensor leaf = x.clone().requires_grad_();
  nonlin::nn::Sign(true)(leaf).sum().backward();
  EXPECT_TRUE(at::equal(leaf.grad(), (x.abs() <= 1).to(at::kFloat)));

  const Tensor a = x.clone(), b = x.clone(), c = x.clone();
  EXPECT_TRUE(nonlin::nn::Hardtanh(nn::HardtanhOptions(hardtanh).inplace(true))(a).is_same(a));
  EXPECT_TRUE(nonlin::nn::Threshold(nn::ThresholdOptions(.5, -2).inplace(true))(b).is_same(b));
  EXPECT_TRUE(nonlin::nn::Sign(nonlin::nn::SignOptions().inplace(true))(c).is_same(c));
  EXPECT_TRUE(at::equal(a, nonlin::hardtanh(x, -.5, 2)));
  EXPECT_TRUE(at::equal(b, nonlin::threshold(x, .5, -2)));
  EXPECT_TRUE(at::equal(c, nonlin::sign(x)));
}

TEST(Modules, RefuseNumbersOfTheirOwn) {
  namespace nn = torch::nn;
  EXPECT_EQ(message([] { nonlin::nn::Hardtanh(nn::HardtanhOptions().max_val(-1)); }),
            "nonlin::nn::Hardtanh: `max_val` must be greater than `min_val`, got -1, -1");
  EXPECT_EQ(message([] { nonlin::nn::Hardtanh(nn::HardtanhOptions().min_val(-INFINITY)); }),
            "nonlin::nn::Hardtanh: `min_val` must be finite, got -inf");
  EXPECT_EQ(message([] { nonlin::nn::Threshold(NAN, 0); }),
            "nonlin::nn::Threshold: `threshold` must be finite, got nan");
  EXPECT_EQ(message([] { nonlin::nn::Softplus(nn::SoftplusOptions().beta(0)); }),
            "nonlin::nn::Softplus: `beta` must not be 0");
  EXPECT_EQ(message([] { nonlin::nn::Softshrink(-1); }),
            "nonlin::nn::Softshrink: `lambd` must be at least 0, got -1");
  EXPECT_EQ(message([] { nonlin::nn::Hardshrink{NAN}; }),
            "nonlin::nn::Hardshrink: `lambd` must be finite, got nan");
}

TEST(Modules, HaveParameters) {
  const auto x = torch::randn({5, 3});
  nonlin::nn::PReLU prelu(torch::nn::PReLUOptions().num_parameters(3).init(.5));
  EXPECT_TRUE(at::equal(prelu(x), nonlin::prelu(x, torch::full({3}, .5))));
  EXPECT_EQ(prelu->named_parameters().keys(), std::vector<std::string>{"weight"});
  nonlin::nn::Swish swish(
      nonlin::nn::SwishOptions(2).learnable(true).num_parameters(5).dim(0).inplace(true));
  const auto y = x.clone();
  EXPECT_TRUE(swish(y).is_same(y));
  EXPECT_TRUE(at::equal(y, nonlin::swish(x, torch::full({5}, 2.), 0)));
  EXPECT_EQ(swish->named_parameters().keys(), std::vector<std::string>{"beta"});
  EXPECT_TRUE(nonlin::nn::Swish()->parameters().empty());
  EXPECT_TRUE(at::equal(nonlin::nn::Maxout(3)(x), nonlin::maxout(x, 3)));
}

TEST(Modules, RefuseBadOptions) {
  EXPECT_THROW(nonlin::nn::PReLU(nonlin::nn::PReLUOptions().num_parameters(0)), c10::ValueError);
  EXPECT_THROW(nonlin::nn::Swish(nonlin::nn::SwishOptions().num_parameters(2)), c10::ValueError);
  EXPECT_THROW(nonlin::nn::Maxout(0), c10::ValueError);
  namespace nn = torch::nn;
  EXPECT_EQ(message([] { nonlin::nn::GELU(nn::GELUOptions().approximate("erf")); }),
            "nonlin::nn::GELU: `approximate` must be \"none\" or \"tanh\", got \"erf\"");
  EXPECT_EQ(message([] { nonlin::nn::ELU(nn::ELUOptions().alpha(INFINITY)); }),
            "nonlin::nn::ELU: `alpha` must be finite, got inf");
  EXPECT_EQ(message([] { nonlin::nn::CELU(nn::CELUOptions().alpha(NAN)); }),
            "nonlin::nn::CELU: `alpha` must be finite, got nan");
  EXPECT_EQ(message([] { nonlin::nn::CELU(nn::CELUOptions().alpha(0)); }),
            "nonlin::nn::CELU: `alpha` must not be 0");
  EXPECT_EQ(message([] { nonlin::nn::Swish{NAN}; }),
            "nonlin::nn::Swish: `beta` must be finite, got nan");
  EXPECT_EQ(message([] { nonlin::nn::PReLU(nn::PReLUOptions().init(NAN)); }),
            "nonlin::nn::PReLU: `init` must be finite, got nan");
  EXPECT_THROW(nonlin::nn::Maxout(257), c10::ValueError);
}

TEST(Modules, WorkInPlace) {
  const auto x = torch::linspace(-4, 4, 41), y = nonlin::elu(x);
  EXPECT_TRUE(nonlin::nn::ELU(torch::nn::ELUOptions().inplace(true))(x).is_same(x));
  EXPECT_TRUE(at::equal(x, y));
}

TEST(Modules, TrainInASequentialAndClone) {
  torch::manual_seed(0);
  const auto learnable = nonlin::nn::SwishOptions().learnable(true).num_parameters(16);
  torch::nn::Sequential net(torch::nn::Linear(2, 16), nonlin::nn::Mish(), torch::nn::Linear(16, 16),
                            nonlin::nn::Swish(learnable), torch::nn::Linear(16, 32),
                            nonlin::nn::Maxout(2), nonlin::nn::PReLU(), torch::nn::Linear(16, 1));
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
                                 nonlin::nn::PReLU(), torch::nn::Linear(8, 1));
  };
  torch::nn::Sequential net = make(), other = make();
  net[2]->as<nonlin::nn::PReLU>()->weight.data().fill_(.5);
  std::stringstream file;
  torch::save(net, file);
  torch::load(other, file);
  const auto x = torch::rand({5, 3});
  EXPECT_TRUE(at::equal(net->forward(x), other->forward(x)));
}

}  // namespace
