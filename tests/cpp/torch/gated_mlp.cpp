// The feed-forward block: its two forms, archives from one to the other, and what it refuses.
#include <gtest/gtest.h>
#include <nonlin/nonlin.h>
#include <torch/torch.h>

#include <sstream>

namespace {

using nonlin::nn::GatedMLP, nonlin::nn::GatedMLPImpl, nonlin::nn::GatedMLPOptions;

/// What a call raises.
std::string message(void (*call)()) {
  try {
    call();
  } catch (const c10::ValueError& error) {
    return std::string(error.what_without_backtrace());
  }
  return "no error";
}

TEST(GatedMLP, IsTheSameInEitherForm) {
  // The forms add up in other orders, which float64 hides.
  const auto x = torch::randn({5, 4}, torch::kFloat64);
  const auto options = GatedMLPOptions(4, 6).out_features(3).bias(true);
  for (const char* name :
       {"glu", "bilinear", "reglu", "geglu", "geglu_tanh", "swiglu", "swiglu_clamped"}) {
    for (const bool packed : {true, false}) {
      const auto form = [&](bool together) {
        GatedMLP made(GatedMLPOptions(options).activation(name).packed(together));
        made->to(torch::kFloat64);
        return made;
      };
      GatedMLP net = form(packed), same = form(packed), other = form(!packed);
      for (GatedMLP* target : {&same, &other}) {
        std::stringstream file;
        torch::nn::Sequential outer(*target);
        torch::save(torch::nn::Sequential(net), file);
        torch::load(outer, file);
        EXPECT_TRUE(at::allclose(net(x), (*target)(x), 1e-12, 1e-12)) << name;
        const auto ours = net->unpacked_parameters(), theirs = (*target)->unpacked_parameters();
        EXPECT_EQ(ours.keys(), theirs.keys());
        for (const auto& one : ours) EXPECT_TRUE(at::equal(one.value(), theirs[one.key()]));
      }
      const auto clone = std::dynamic_pointer_cast<GatedMLPImpl>(net->clone());
      EXPECT_TRUE(at::equal(clone->forward(x), net(x)));
    }
  }
}

TEST(GatedMLP, IsItsExpression) {
  const auto x = torch::randn({5, 4});
  GatedMLP net(GatedMLPOptions(4, 6).out_features(3).bias(true));
  const auto p = net->unpacked_parameters();
  const auto gate = torch::linear(x, p["gate_proj.weight"], p["gate_proj.bias"]);
  const auto up = torch::linear(x, p["up_proj.weight"], p["up_proj.bias"]);
  EXPECT_TRUE(at::allclose(net(x), net->down_proj(torch::silu(gate) * up), 1e-4, 1e-6));
}

TEST(GatedMLP, RefusesBadOptionsAndShapes) {
  EXPECT_EQ(message([] {
              std::stringstream file;
              torch::save(GatedMLP(4, 5), file);
              GatedMLP other(GatedMLPOptions(4, 6).packed(false));
              torch::load(other, file);
            }),
            "nonlin::nn::GatedMLP: the weight of the gate must have the shape [6, 4], got [5, 4]");
  EXPECT_EQ(message([] { GatedMLP(GatedMLPOptions(4, 0)); }),
            "nonlin::nn::GatedMLP: `hidden_features` must be at least 1, got 0");
  EXPECT_EQ(message([] { GatedMLP(GatedMLPOptions(4, 6).activation("silu")); }),
            "nonlin::nn::GatedMLP: `activation` must be one of \"glu\", \"bilinear\", \"reglu\", "
            "\"geglu\", \"geglu_tanh\", \"swiglu\", \"swiglu_clamped\", got \"silu\"");
}

}  // namespace
