// The functions of one tensor that holds gate and up: they are those of its halves.
#include <gtest/gtest.h>
#include <nonlin/functions.h>
#include <torch/torch.h>

#include <string>

namespace {

using at::Tensor;

struct Packed {
  Tensor (*value)(const Tensor&);
  Tensor& (*out)(Tensor&, const Tensor&);
  Tensor (*of_two)(const Tensor&, const Tensor&);
  std::string name;

  friend void PrintTo(const Packed& f, std::ostream* stream) { *stream << f.name; }
};

#define PACKED(f)                                                                           \
  Packed {                                                                                  \
    [](const Tensor& x) -> Tensor { return nonlin::f##_packed(x); },                        \
        [](Tensor& y, const Tensor& x) -> Tensor& { return nonlin::f##_packed_out(y, x); }, \
        [](const Tensor& a, const Tensor& b) -> Tensor { return nonlin::f(a, b); }, #f      \
  }

class PackedFunctions : public testing::TestWithParam<Packed> {};

TEST_P(PackedFunctions, AreThoseOfTheHalves) {
  const Tensor x = torch::linspace(-4, 4, 40, torch::kFloat64).view({2, 20}).requires_grad_();
  const auto halves = x.chunk(2, -1);
  const Tensor y = GetParam().value(x), expected = GetParam().of_two(halves[0], halves[1]);
  EXPECT_TRUE(at::equal(y, expected));
  Tensor out = torch::empty({0}, torch::kFloat64);
  EXPECT_TRUE(GetParam().out(out, x.detach()).is_same(out));
  EXPECT_TRUE(at::equal(out, y));
  const auto gradient = [&](const Tensor& t) { return torch::autograd::grad({t.sum()}, {x})[0]; };
  EXPECT_TRUE(at::equal(gradient(y), gradient(expected)));
}
const Packed all[] = {
#include "packed.inc"
};
INSTANTIATE_TEST_SUITE_P(All, PackedFunctions, testing::ValuesIn(all),
                         [](const auto& test) { return test.param.name; });

TEST(PackedFunctions, Layouts) {
  const Tensor x = torch::linspace(-4, 4, 40, torch::kFloat64).view({4, 10});
  const Tensor first = x.slice(0, 0, 2), last = x.slice(0, 2);
  EXPECT_TRUE(at::equal(nonlin::swiglu_packed(x, 1, 0), nonlin::swiglu(first, last)));
  EXPECT_TRUE(at::equal(nonlin::swiglu_packed(x, 1, 0, 1), nonlin::swiglu(last, first)));
  const Tensor even = x.slice(1, 0, 10, 2), odd = x.slice(1, 1, 10, 2);
  EXPECT_TRUE(at::equal(nonlin::swiglu_packed(x, .5, -1, 2), nonlin::swiglu(even, odd, .5)));
}

}  // namespace
