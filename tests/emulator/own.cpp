// The tests' own family, x·y²: what the emulator has to know of a family is on this page.
#include "own.h"

#include <gtest/gtest.h>

#include "effort.h"
#include "elementwise.h"

namespace emulator {
namespace {

elementwise_pass pass_of(own::pass which, dtype type) {
  std::vector<role> roles{{"z", true}, {"x"}, {"y"}};
  if (which == own::pass::backward) {
    roles = {{"grad_x", true}, {"grad_y", true}, {"grad_output"}, {"x"}, {"y"}};
  }
  const auto launch = [which, type](const placed& all) {
    const auto o = operands_of<own::operands>(all);
    return own::launch(which, type, o, nullptr);
  };
  return {std::string("x·y², ") + (which == own::pass::value ? "value, " : "backward, ") +
              name_of(type),
          type, roles, which == own::pass::value ? 1 : -1, launch};
}

class OwnFamily : public testing::TestWithParam<dtype> {};

TEST_P(OwnFamily, DependsOnElementsAlone) {
  for (const own::pass which : {own::pass::value, own::pass::backward}) {
    check_arrangements(pass_of(which, GetParam()), effort());
    check_widths(pass_of(which, GetParam()));
    check_large(pass_of(which, GetParam()), effort());
  }
}

TEST_P(OwnFamily, IsAccurate) {
  const dtype type = GetParam();
  const auto width = static_cast<std::size_t>(bytes_of(type));
  random_source random(2);
  std::vector<double> x, y, g;
  for (int i = 0; i < 20000; ++i) {
    for (auto* list : {&x, &y, &g}) list->push_back(random.uniform(-4, 4));
  }
  const bytes xs = encoded(type, x), ys = encoded(type, y), gs = encoded(type, g);
  const auto value = run_plainly(pass_of(own::pass::value, type), {{}, xs, ys});
  const auto backward = run_plainly(pass_of(own::pass::backward, type), {{}, {}, gs, xs, ys});
  ASSERT_TRUE(value && backward);
  const auto check = [&](const bytes& found, const auto& exactly) {
    real worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t at = i * width;
      const real want =
          exactly(decoded(type, &gs[at]), decoded(type, &xs[at]), decoded(type, &ys[at]));
      worst = std::max(worst, error(type, &found[at], want));
    }
    EXPECT_LE(worst, width == 2 ? .502L : 2.5L);
  };
  check((*value)[0], [](real, real a, real b) { return a * b * b; });
  check((*backward)[0], [](real c, real, real b) { return c * b * b; });
  check((*backward)[1], [](real c, real a, real b) { return 2 * c * a * b; });
}

INSTANTIATE_TEST_SUITE_P(Emulator, OwnFamily, testing::Values(dtype::float32, dtype::bfloat16),
                         [](const auto& test) { return name_of(test.param); });

}  // namespace
}  // namespace emulator
