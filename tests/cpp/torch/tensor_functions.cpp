// The elementary functions on whole tensors: those of ATen, and differentiable by autograd.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>

#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace nonlin {
namespace {
namespace on_tensors {
using at::Tensor;
#include "csrc/torch/tensor_lane.h"
}  // namespace on_tensors

using at::Tensor;
using on_tensors::tensor;

template <class F> Tensor on_lane(F f, const Tensor& x) { return f(tensor(x)).evaluate(x); }

template <class F, class G> void check(const char* name, F f, G atens, double from, double to) {
  const Tensor x = at::linspace(from, to, 999, at::kDouble);
  EXPECT_TRUE(at::allclose(on_lane(f, x), atens(x), 1e-14, 0)) << name;

  const Tensor ours = x.detach().clone().requires_grad_(),
               theirs = x.detach().clone().requires_grad_();
  const auto slope = [](const Tensor& y, const Tensor& at) {
    return torch::autograd::grad({y.sum()}, {at})[0];
  };
  EXPECT_TRUE(
      at::allclose(slope(on_lane(f, ours), ours), slope(atens(theirs), theirs), 1e-9, 1e-14))
      << name;
}

TEST(TensorFunctions, AreThoseOfATen) {
  const auto of_exp = [](auto x) { return log1p_of_exp(exp(-abs(x))); };
  check(
      "log", [](auto x) { return log(x); }, [](auto x) { return at::log(x); }, .01, 20);
  check(
      "log1p", [](auto x) { return log1p(x); }, [](auto x) { return at::log1p(x); }, -.9, 20);
  check(
      "log1p_of_exp", of_exp, [](auto x) { return at::log1p(at::exp(-at::abs(x))); }, -9, 9.5);
  check(
      "logistic", [](auto x) { return logistic(x); }, [](auto x) { return at::sigmoid(x); }, -50,
      50.5);
  check(
      "softplus", [](auto x) { return softplus(x); }, [](auto x) { return at::softplus(x, 1, 60); },
      -30, 30.5);
  check(
      "log_logistic", [](auto x) { return log_logistic(x); },
      [](auto x) { return at::log_sigmoid(x); }, -30, 30.5);
  check(
      "tanh", [](auto x) { return tanh(x); }, [](auto x) { return at::tanh(x); }, -30, 30.5);
  check(
      "erf", [](auto x) { return erf(x); }, [](auto x) { return at::erf(x); }, -6, 6.5);
  check(
      "erfc", [](auto x) { return erfc(tensor(1), x); }, [](auto x) { return at::erfc(x); }, 0, 5);
  check(
      "sin", [](auto x) { return sin(x); }, [](auto x) { return at::sin(x); }, -50, 50.5);
  check(
      "cos", [](auto x) { return cos(x); }, [](auto x) { return at::cos(x); }, -50, 50.5);
  check(
      "sqrt", [](auto x) { return sqrt(x); }, [](auto x) { return at::sqrt(x); }, .01, 20);
  check(
      "rsqrt", [](auto x) { return rsqrt(x); }, [](auto x) { return at::rsqrt(x); }, .01, 20);
}

TEST(TensorFunctions, OfConstantsAreConstants) {
  const Tensor like = at::zeros({2}, at::kDouble);
  EXPECT_DOUBLE_EQ(log(tensor(2)).evaluate(like)[1].item<double>(), std::log(2.));
  EXPECT_DOUBLE_EQ(log1p(tensor(2)).evaluate(like)[1].item<double>(), std::log1p(2.));
  EXPECT_DOUBLE_EQ(sqrt(tensor(2)).evaluate(like)[1].item<double>(), std::sqrt(2.));
  EXPECT_DOUBLE_EQ(sin(tensor(2)).evaluate(like)[1].item<double>(), std::sin(2.));
  EXPECT_DOUBLE_EQ(cos(tensor(2)).evaluate(like)[1].item<double>(), std::cos(2.));
  EXPECT_DOUBLE_EQ(erf(tensor(2)).evaluate(like)[1].item<double>(), std::erf(2.));
}

}  // namespace
}  // namespace nonlin
