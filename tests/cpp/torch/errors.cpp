// The functions of the public API: what they refuse, and in which words.
#include <gtest/gtest.h>
#include <nonlin/functions.h>
#include <torch/torch.h>

#include <cmath>
#include <string>

namespace {

using at::Tensor;

Tensor inputs() { return torch::linspace(-4, 4, 41, torch::kFloat64); }

template <class F> std::string message(F f) {
  try {
    f();
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  }
  return "no error";
}

TEST(Errors, NameTheOperatorAndTheArgument) {
  const Tensor integers = torch::arange(3);
  EXPECT_NE(message([&] { nonlin::mish(integers); }).find("nonlin::mish: `self`"),
            std::string::npos);
  EXPECT_NE(message([] { nonlin::gelu(inputs(), "sigmoid"); }).find("`approximate`"),
            std::string::npos);
  EXPECT_NE(message([] { nonlin::swish(inputs(), NAN); }).find("nonlin::swish: `beta`"),
            std::string::npos);
  EXPECT_NE(message([&] { nonlin::prelu(integers, integers); }).find("nonlin::prelu: `self`"),
            std::string::npos);
  EXPECT_NE(message([] { nonlin::maxout(inputs(), 3); }).find("nonlin::maxout: "),
            std::string::npos);
  // These are operators of other names.
  Tensor none, single = torch::ones({3}), out = single.clone();
  const std::string dtypes =
      "`self` must have dtype float64, float32, float16 or bfloat16, got Long";
  const std::string undefined = "`self` must be a tensor, got None";
  EXPECT_EQ(message([&] { nonlin::silu(integers); }), "nonlin::silu: " + dtypes);
  EXPECT_EQ(message([&] { nonlin::silu_out(out, integers); }), "nonlin::silu: " + dtypes);
  EXPECT_EQ(message([&] { nonlin::selu(integers); }), "nonlin::selu: " + dtypes);
  EXPECT_EQ(message([&] { nonlin::celu(integers); }), "nonlin::celu: " + dtypes);
  EXPECT_EQ(message([&] { nonlin::silu_(none); }), "nonlin::silu: " + undefined);
  EXPECT_EQ(message([&] { nonlin::selu_(none); }), "nonlin::selu: " + undefined);
  EXPECT_EQ(message([&] { nonlin::celu_(none); }), "nonlin::celu: " + undefined);
  EXPECT_EQ(message([&] { nonlin::celu(single, 0); }), "nonlin::celu: `alpha` must not be 0");
  const std::string finite = "nonlin::celu: `alpha` and its reciprocal must be finite in ";
  EXPECT_EQ(message([&] { nonlin::celu(single, 1e-39); }), finite + "float32, got 1e-39");
  EXPECT_EQ(message([&] { nonlin::celu_(single, NAN); }), finite + "float32, got nan");
  EXPECT_EQ(message([&] { nonlin::celu_out(out, single, 1e300); }), finite + "float32, got 1e+300");
  EXPECT_EQ(message([] { nonlin::celu(inputs(), 1e-310); }), finite + "float64, got 1e-310");
  EXPECT_TRUE(nonlin::celu(inputs(), 1e-39).defined());
}

}  // namespace
