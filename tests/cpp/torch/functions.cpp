// The functions of the public API: all forms of each give one result, and autograd knows them.
#include <gtest/gtest.h>
#include <nonlin/functions.h>
#include <torch/torch.h>

#include <map>
#include <string>

namespace {

using at::Tensor;

Tensor inputs() { return torch::linspace(-4, 4, 40, torch::kFloat64); }  // not 0
Tensor up() { return torch::linspace(2, -1, 40, torch::kFloat64); }
Tensor weight() { return torch::full({}, .3, torch::kFloat64); }

/// A function with an in-place form.
struct Forms {
  Tensor (*value)(const Tensor&);
  Tensor& (*in_place)(Tensor&);
  Tensor& (*out)(Tensor&, const Tensor&);
  std::string name;

  friend void PrintTo(const Forms& f, std::ostream* stream) { *stream << f.name; }
};
/// One that chooses an entry of every group.
struct Groups {
  Tensor (*value)(const Tensor&, int64_t, int64_t);
  Tensor& (*out)(Tensor&, const Tensor&, int64_t, int64_t);
  std::tuple<Tensor, Tensor> (*with_index)(const Tensor&, int64_t, int64_t);
  std::string name;

  friend void PrintTo(const Groups& f, std::ostream* stream) { *stream << f.name; }
};

/// A name for gtest, the function, and what it takes besides x.
#define NAMED_FORMS(label, f, ...)                                                       \
  Forms {                                                                                \
    [](const Tensor& x) -> Tensor { return nonlin::f(x __VA_OPT__(, ) __VA_ARGS__); },   \
        [](Tensor& x) -> Tensor& { return nonlin::f##_(x __VA_OPT__(, ) __VA_ARGS__); }, \
        [](Tensor& y, const Tensor& x) -> Tensor& {                                      \
          return nonlin::f##_out(y, x __VA_OPT__(, ) __VA_ARGS__);                       \
        },                                                                               \
        #label                                                                           \
  }
#define FORMS(f, ...) NAMED_FORMS(f, f __VA_OPT__(, ) __VA_ARGS__)
#define GROUPS(f) \
  Groups { nonlin::f, nonlin::f##_out, nonlin::f##_with_index, #f }

/// functions.inc has both kinds; this sorts them.
struct All {
  std::vector<Forms> forms;
  std::vector<Groups> groups;

  template <class... Each> explicit All(Each... each) { (add(each), ...); }
  void add(const Forms& f) { forms.push_back(f); }
  void add(const Groups& f) { groups.push_back(f); }
  void add(std::nullptr_t) {}
};
const All& all() {
  static const All list{
#include "functions.inc"
      NAMED_FORMS(swish_of_a_tensor, swish, weight())};
  return list;
}

/// PyTorch's counterparts.
const std::map<std::string, Tensor (*)(const Tensor&)> builtin{
    {"gelu", [](const Tensor& x) { return at::gelu(x); }},
    {"gelu_tanh", [](const Tensor& x) { return at::gelu(x, "tanh"); }},
    {"swish", [](const Tensor& x) { return at::silu(x); }},
    {"silu", [](const Tensor& x) { return at::silu(x); }},
    {"mish", [](const Tensor& x) { return at::mish(x); }},
    {"elu", [](const Tensor& x) { return at::elu(x); }},
    {"celu", [](const Tensor& x) { return at::celu(x); }},
    {"selu", [](const Tensor& x) { return at::selu(x); }},
    {"prelu", [](const Tensor& x) { return at::prelu(x, weight()); }},
    {"parametric_swish", [](const Tensor& x) -> Tensor { return at::sigmoid(.3 * x) * x; }},
    {"swish_of_a_tensor", [](const Tensor& x) -> Tensor { return at::sigmoid(.3 * x) * x; }},
};

/// The operator of that name with its defaults, and a weight where it takes one.
Tensor by_dispatcher(const std::string& name, const Tensor& x) {
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(name.c_str(), "");
  torch::jit::Stack stack{x};
  const auto& arguments = op.schema().arguments();
  for (auto a = arguments.begin() + 1; a != arguments.end(); ++a) {
    stack.push_back(a->default_value() ? *a->default_value() : a->name() == "up" ? up() : weight());
  }
  op.callBoxed(&stack);
  return stack.at(0).toTensor();
}

/// The derivative of that order.
Tensor derivative(Tensor (*f)(const Tensor&), int order) {
  const Tensor x = inputs().requires_grad_();
  Tensor y = f(x);
  for (int i = 0; i < order; ++i) {
    y = torch::autograd::grad({y.sum()}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true)[0];
  }
  return y.detach();
}
/// The same from differences.
Tensor difference(Tensor (*f)(const Tensor&), int order) {
  const double h = 1e-3;
  const Tensor x = inputs(), y = f(x), above = f(x + h), below = f(x - h);
  return order == 1 ? (above - below) / (2 * h) : (above - 2 * y + below) / (h * h);
}

class Functions : public testing::TestWithParam<Forms> {};

TEST_P(Functions, HaveDerivatives) {
  if (std::string_view(GetParam().name) == "sign_ste") {
    GTEST_SKIP() << "the slope of a straight-through estimator is not that of its value";
  }
  for (int order = 1; order <= 2; ++order) {
    const Tensor ours = derivative(GetParam().value, order);
    EXPECT_TRUE(at::allclose(ours, difference(GetParam().value, order), 1e-5, 1e-5)) << order;
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

const auto name_of = [](const auto& test) { return test.param.name; };
INSTANTIATE_TEST_SUITE_P(All, Functions, testing::ValuesIn(all().forms), name_of);

class Counterparts : public Functions {};

TEST_P(Counterparts, Agree) {
  const auto found = builtin.find(GetParam().name);
  const Tensor x = inputs();
  EXPECT_TRUE(at::allclose(GetParam().value(x), found->second(x), 1e-12, 1e-12));
  for (int order = 1; order <= 2; ++order) {
    const Tensor ours = derivative(GetParam().value, order);
    EXPECT_TRUE(at::allclose(ours, derivative(found->second, order), 1e-10, 1e-10)) << order;
  }
}

/// What PyTorch has not is compared in Python, with MPFR.
std::vector<Forms> with_counterparts() {
  std::vector<Forms> list = all().forms;
  std::erase_if(list, [](const Forms& f) { return builtin.count(f.name) == 0; });
  return list;
}
INSTANTIATE_TEST_SUITE_P(All, Counterparts, testing::ValuesIn(with_counterparts()), name_of);

class Choices : public testing::TestWithParam<Groups> {};

TEST_P(Choices, GiveEntriesAndTheirPlaces) {
  const Tensor x = torch::randn({4, 6}, torch::kFloat64).requires_grad_();
  const auto [value, index] = GetParam().with_index(x, 3, 1);
  const Tensor groups = x.unflatten(1, {2, 3}), place = index.to(torch::kLong).unsqueeze(2);
  EXPECT_TRUE(at::equal(value, groups.gather(2, place).squeeze(2)));
  EXPECT_TRUE(at::equal(GetParam().value(x, 3, 1), value));
  EXPECT_TRUE(at::equal(GetParam().value(x.t(), 3, 0), value.t()));
  Tensor out = torch::empty({0}, torch::kFloat64);
  EXPECT_TRUE(GetParam().out(out, x.detach(), 3, 1).is_same(out));
  EXPECT_TRUE(at::equal(out, value));
  const Tensor ours = torch::autograd::grad({value.square().sum()}, {x})[0];
  const Tensor chosen = torch::zeros_like(groups).scatter(2, place, 2 * value.unsqueeze(2));
  EXPECT_TRUE(at::equal(ours, chosen.flatten(1)));
}

INSTANTIATE_TEST_SUITE_P(All, Choices, testing::ValuesIn(all().groups), name_of);

TEST(Lists, NameEveryOperatorAndItsFunction) {
  std::map<std::string, Tensor (*)(const Tensor&)> named;
  for (const auto& f : all().forms) named[f.name] = f.value;
  for (const auto& f : all().groups) named[f.name] = nullptr;
  int found = 0;
  for (const auto& op : c10::Dispatcher::singleton().getAllOpNames()) {
    const std::string prefix = "nonlin::";
    if (op.name.rfind(prefix, 0) != 0 || op.overload_name != "out") continue;  // f.out has all
    const std::string packed = "_packed";  // with the function of the two tensors
    std::string name = op.name.substr(prefix.size());
    const bool is_packed = name.size() > packed.size() && name.ends_with(packed);
    if (is_packed) name.resize(name.size() - packed.size());
    const auto function = named.find(name);
    ASSERT_NE(function, named.end())
        << op.name << " is in no list of functions.inc: run `python tools/api`";
    if (function->second == nullptr || is_packed) continue;
    EXPECT_TRUE(at::equal(function->second(inputs()), by_dispatcher(op.name, inputs()))) << op.name;
    ++found;
  }
  EXPECT_GT(found, 0);
}

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

TEST(Maxout, ChoosesTheLargest) {
  const Tensor x = torch::randn({4, 6}, torch::kFloat64);
  const auto [value, index] = nonlin::maxout_with_index(x, 3);
  const auto [want, place] = x.unflatten(1, {2, 3}).max(2);
  EXPECT_TRUE(at::equal(value, want));
  EXPECT_TRUE(at::equal(index, place.to(torch::kByte)));
}

}  // namespace
