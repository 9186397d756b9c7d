// The functions of the public API: all forms of each give one result, and autograd knows them.
#include <gtest/gtest.h>
#include <nonlin/functions.h>
#include <torch/torch.h>

namespace {

using at::Tensor;

/// One activation: its three forms, and PyTorch's counterpart.
struct Forms {
  Tensor (*value)(const Tensor&);
  Tensor& (*in_place)(Tensor&);
  Tensor& (*out)(Tensor&, const Tensor&);
  Tensor (*builtin)(const Tensor&);
  const char* name;

  friend void PrintTo(const Forms& f, std::ostream* stream) { *stream << f.name; }
};

#define FORMS(f, builtin)                                                            \
  Forms {                                                                            \
    [](const Tensor& x) { return nonlin::f(x); },                                    \
        [](Tensor& x) -> Tensor& { return nonlin::f##_(x); },                        \
        [](Tensor& y, const Tensor& x) -> Tensor& { return nonlin::f##_out(y, x); }, \
        [](const Tensor& x) -> Tensor { return builtin; }, #f                        \
  }
const Forms forms[] = {
    FORMS(gelu, at::gelu(x)),  FORMS(gelu_tanh, at::gelu(x, "tanh")),
    FORMS(swish, at::silu(x)), FORMS(silu, at::silu(x)),
    FORMS(mish, at::mish(x)),  FORMS(elu, at::elu(x)),
    FORMS(celu, at::celu(x)),  FORMS(selu, at::selu(x)),
};

Tensor inputs() { return torch::linspace(-4, 4, 41, torch::kFloat64); }

/// The derivative of that order.
Tensor derivative(Tensor (*f)(const Tensor&), int order) {
  const Tensor x = inputs().requires_grad_();
  Tensor y = f(x);
  for (int i = 0; i < order; ++i) {
    y = torch::autograd::grad({y.sum()}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true)[0];
  }
  return y.detach();
}

class Functions : public testing::TestWithParam<Forms> {};

TEST_P(Functions, AgreeWithPyTorch) {
  const Tensor x = inputs();
  EXPECT_TRUE(at::allclose(GetParam().value(x), GetParam().builtin(x), 1e-12, 1e-12));
}

TEST_P(Functions, HaveDerivatives) {
  for (int order = 1; order <= 2; ++order) {
    const Tensor ours = derivative(GetParam().value, order);
    EXPECT_TRUE(at::allclose(ours, derivative(GetParam().builtin, order), 1e-10, 1e-10)) << order;
  }
}

TEST_P(Functions, InPlaceAndOutWriteTheSame) {
  const Tensor x = inputs(), y = GetParam().value(x);
  Tensor in_place = x.clone(), out = torch::empty({0}, torch::kFloat64);
  EXPECT_TRUE(GetParam().in_place(in_place).is_same(in_place));
  EXPECT_TRUE(GetParam().out(out, x).is_same(out));
  EXPECT_TRUE(at::equal(in_place, y));
  EXPECT_TRUE(at::equal(out, y));
}

INSTANTIATE_TEST_SUITE_P(All, Functions, testing::ValuesIn(forms),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Parameters, ReachTheKernels) {
  const Tensor x = inputs();
  EXPECT_TRUE(at::allclose(nonlin::swish(x, 1.5), x * at::sigmoid(1.5 * x), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(nonlin::elu(x, .5, 2, 3), at::elu(x, .5, 2, 3), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(nonlin::celu(x, .5), at::celu(x, .5), 1e-12, 1e-12));
  EXPECT_TRUE(at::equal(nonlin::gelu(x, "tanh"), nonlin::gelu_tanh(x)));
}

TEST(Errors, NameTheOperatorAndTheArgument) {
  const auto message = [](auto f) {
    try {
      f();
    } catch (const c10::Error& error) {
      return std::string(error.what_without_backtrace());
    }
    return std::string("no error");
  };
  const Tensor integers = torch::arange(3);
  EXPECT_NE(message([&] { nonlin::mish(integers); }).find("nonlin::mish: `self`"),
            std::string::npos);
  EXPECT_NE(message([] { nonlin::gelu(inputs(), "sigmoid"); }).find("`approximate`"),
            std::string::npos);
  EXPECT_NE(message([] { nonlin::swish(inputs(), NAN); }).find("nonlin::swish: `beta`"),
            std::string::npos);
}

}  // namespace
