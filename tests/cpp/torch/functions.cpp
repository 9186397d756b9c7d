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

Tensor inputs() { return torch::linspace(-4, 4, 41, torch::kFloat64); }
Tensor weight() { return torch::full({}, .3, torch::kFloat64); }

/// A name for gtest, the function, and what it takes besides x.
#define FORMS(label, f, builtin, ...)                                                    \
  Forms {                                                                                \
    [](const Tensor& x) { return nonlin::f(x __VA_OPT__(, ) __VA_ARGS__); },             \
        [](Tensor& x) -> Tensor& { return nonlin::f##_(x __VA_OPT__(, ) __VA_ARGS__); }, \
        [](Tensor& y, const Tensor& x) -> Tensor& {                                      \
          return nonlin::f##_out(y, x __VA_OPT__(, ) __VA_ARGS__);                       \
        },                                                                               \
        [](const Tensor& x) -> Tensor { return builtin; }, #label                        \
  }
const Forms forms[] = {
    FORMS(gelu, gelu, at::gelu(x)),
    FORMS(gelu_tanh, gelu_tanh, at::gelu(x, "tanh")),
    FORMS(swish, swish, at::silu(x)),
    FORMS(silu, silu, at::silu(x)),
    FORMS(mish, mish, at::mish(x)),
    FORMS(elu, elu, at::elu(x)),
    FORMS(celu, celu, at::celu(x)),
    FORMS(selu, selu, at::selu(x)),
    FORMS(prelu, prelu, at::prelu(x, weight()), weight()),
    FORMS(parametric_swish, parametric_swish, at::sigmoid(.3 * x) * x, weight()),
    FORMS(swish_of_a_tensor, swish, at::sigmoid(.3 * x) * x, weight()),
};

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

/// Forward, in place and out, with a weight for each entry of `dim`.
TEST(Parameters, VaryAlongTheirDimension) {
  const Tensor x = torch::randn({3, 2, 4}, torch::kFloat64), w = torch::rand({4}, torch::kFloat64);
  const Tensor want = at::where(x > 0, x, w * x);
  for (const int64_t dim : {-1, 2}) {
    Tensor in_place = x.clone(), out = torch::empty({0}, torch::kFloat64);
    EXPECT_TRUE(at::equal(nonlin::prelu(x, w, dim), want));
    EXPECT_TRUE(at::equal(nonlin::prelu_(in_place, w, dim), want));
    EXPECT_TRUE(at::equal(nonlin::prelu_out(out, x, w, dim), want));
  }
  EXPECT_TRUE(at::allclose(nonlin::swish(x, w, 2), x * at::sigmoid(w * x), 1e-12, 1e-12));
}

TEST(Parameters, AreLearned) {
  const Tensor x = torch::randn({5, 3}, torch::kFloat64);
  for (const auto f : {nonlin::prelu, nonlin::parametric_swish}) {
    const Tensor w = torch::rand({3}, torch::kFloat64).requires_grad_();
    const Tensor ours = torch::autograd::grad({f(x, w, 1).square().sum()}, {w})[0];
    const Tensor y = f == nonlin::prelu ? at::where(x > 0, x, w * x) : x * at::sigmoid(w * x);
    const Tensor theirs = torch::autograd::grad({y.square().sum()}, {w})[0];
    EXPECT_TRUE(at::allclose(ours, theirs, 1e-10, 1e-10));
  }
}

TEST(Maxout, ChoosesAndDifferentiates) {
  const Tensor x = torch::randn({4, 6}, torch::kFloat64).requires_grad_();
  const auto [value, index] = nonlin::maxout_with_index(x, 3);
  const auto [want, place] = x.unflatten(1, {2, 3}).max(2);
  EXPECT_TRUE(at::equal(value, want));
  EXPECT_TRUE(at::equal(index, place.to(torch::kByte)));
  EXPECT_TRUE(at::equal(nonlin::maxout(x, 3), want));
  EXPECT_TRUE(at::equal(nonlin::maxout(x.t(), 3, 0), want.t()));
  Tensor out = torch::empty({0}, torch::kFloat64);
  EXPECT_TRUE(nonlin::maxout_out(out, x.detach(), 3).is_same(out));
  EXPECT_TRUE(at::equal(out, want));
  const Tensor ours = torch::autograd::grad({value.square().sum()}, {x})[0];
  EXPECT_TRUE(at::equal(ours, torch::autograd::grad({want.square().sum()}, {x})[0]));
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
  EXPECT_NE(message([&] { nonlin::prelu(integers, integers); }).find("nonlin::prelu: `self`"),
            std::string::npos);
  EXPECT_NE(message([] { nonlin::maxout(inputs(), 2); }).find("nonlin::maxout: "),
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
