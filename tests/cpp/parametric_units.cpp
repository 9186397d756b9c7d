// Every kernel of every parametric unit: its results do not depend on layout, position, tile or on
// what else is computed, its sums are those of their terms, and it touches no byte besides. Buffers
// are exactly as long as their contents, so that AddressSanitizer sees what is read.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "parametric_job.h"

namespace nonlin {
namespace {

using enum parametric::pass;

const std::vector<Shape> shapes = {
    {{}, 1, {}},      {{}, 70, {}},        {{}, 3, {50}},   {{}, 37, {2, 5}}, {{}, 4100, {2}},
    {{3}, 5, {7}},    {{2, 3}, 7, {3, 2}}, {{15}, 24, {3}}, {{16}, 3, {2}},   {{21}, 20, {4}},
    {{7, 7}, 3, {4}}, {{200, 3}, 2, {2}},  {{5}, 1, {}},    {{33, 2}, 1, {}}, {{1100}, 1, {1}},
};

parametric::tile whole(const Shape& s) {
  return {{0, product(s.inner)}, {0, s.channels}, {0, product(s.outer)}, nullptr};
}
std::vector<parametric::tile> tiles(const Shape& s) {
  const std::int64_t i = product(s.inner), c = s.channels, o = product(s.outer);
  return {whole(s),
          {{0, i}, {c / 3, c - c / 4}, {0, o}, nullptr},
          {{0, i}, {0, c}, {o / 2, o}, nullptr},
          {{i / 3, i - i / 4}, {c / 2, c}, {o / 3, o}, nullptr}};
}

constexpr Layouts alike(Layout l) { return {l, l, l, l, l}; }
const std::vector<Layouts> layouts = {alike(dense),
                                      alike(padded),
                                      alike(spaced),
                                      alike(backwards),
                                      alike(turned),
                                      {dense, turned, padded, dense, spaced},
                                      {turned, padded, dense, spaced, dense}};

/// Numbers of moderate size, zeros among them, and if `special` infinities and NaN.
auto values(bool special) {
  return [special, random = std::mt19937(1)]() mutable {
    const double x = std::normal_distribution<double>(0, 2)(random);
    const double specials[] = {INFINITY, -INFINITY, NAN, 1e-41};
    const unsigned choice = random() % 16;
    if (choice < 2) return choice ? 0. : -0.;
    return special && choice < 6 ? specials[choice - 2] : x;
  };
}

class ParametricUnits : public testing::TestWithParam<Unit<parametric::cpu_unit>> {
 protected:
  void SetUp() override {
    if (!GetParam().usable) GTEST_SKIP() << "this processor lacks " << GetParam().instruction_set;
  }
  /// Calls f with a problem for each pass and type.
  template <class F> static void for_problems(const Shape& shape, bool special, const F& f) {
    for (const parametric::pass pass : {value, backward, double_backward}) {
      const auto call = [&]<class T>(dtype type, T) {
        SCOPED_TRACE("pass " + std::to_string(static_cast<int>(pass)) + ", dtype " +
                     std::to_string(static_cast<int>(type)) + ", " + std::to_string(shape.size()) +
                     " elements of " + std::to_string(shape.channels) + " channels");
        f(Problem<T>(*GetParam().kernels, pass, type, shape, values(special)));
      };
      call(dtype::float64, double{});
      call(dtype::float32, float{});
      call(dtype::float16, half{});
      call(dtype::bfloat16, bfloat16{});
    }
  }
};

/// The sums of a tile, from their terms.
void expect_sums(const Shape& shape, const parametric::tile& tile, const std::vector<double>& terms,
                 const std::vector<double>& found) {
  std::vector<long double> sum(shape.channels), size(shape.channels);
  for (std::int64_t n = 0; n < shape.size(); ++n) {
    if (!shape.has(tile, n)) continue;
    sum[shape.channel(n)] += terms[n];
    size[shape.channel(n)] += std::fabs(terms[n]);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::int64_t c = tile.channel[0] + static_cast<std::int64_t>(i);
    if (std::isfinite(sum[c])) {
      ASSERT_NEAR(found[i], sum[c], 1e-13L * size[c]) << "sum " << c;
    } else {
      ASSERT_FALSE(std::isfinite(found[i])) << "sum " << c;
    }
  }
}

/// In the layouts, a whole problem and parts of it against its elements one by one.
template <class T> void expect_alike(const Problem<T>& problem, const std::vector<Layouts>& list) {
  const Shape& shape = problem.shape;
  const Outcome expected = problem.one_by_one();
  for (const parametric::tile& tile : tiles(shape)) {
    for (std::size_t l = 0; l < list.size(); ++l) {
      SCOPED_TRACE("layouts " + std::to_string(l) + ", channels from " +
                   std::to_string(tile.channel[0]));
      const Outcome found = problem.run(list[l], tile);
      ASSERT_TRUE(found.clean) << "wrote beside its tile";
      for (std::int64_t n = 0; n < shape.size(); ++n) {
        if (!shape.has(tile, n)) continue;
        ASSERT_EQ(found.result[n], expected.result[n]) << "element " << n;
        if (!problem.has(parametric::grad_grad_output)) continue;
        ASSERT_EQ(found.grad_grad_output[n], expected.grad_grad_output[n]) << "element " << n;
      }
      expect_sums(shape, tile, expected.sums, found.sums);
    }
  }
}

TEST_P(ParametricUnits, ComputeEachElementAlike) {
  for (const Shape& shape : shapes) {
    const auto check = [](const auto& problem) { expect_alike(problem, layouts); };
    for_problems(shape, false, check);
    if (shape.size() < 2000) for_problems(shape, true, check);
  }
}

TEST_P(ParametricUnits, ReadExpandedTensors) {
  for (const Shape& shape : shapes) {
    for_problems(shape, false, [](auto problem) {
      for (auto& g : problem.input[parametric::grad_output])
        g = rounded<std::remove_reference_t<decltype(g)>>(-1.5);
      expect_alike(problem, {{dense, expanded, dense, dense, dense},
                             {turned, expanded, spaced, dense, padded}});
    });
  }
}

TEST_P(ParametricUnits, WriteInPlace) {
  for (const Shape& shape : shapes) {
    for_problems(shape, true, [&](const auto& problem) {
      if (problem.pass != value) return;
      const Outcome expected = problem.one_by_one();
      for (const Layout layout : {dense, padded, spaced, backwards, turned}) {
        const Outcome found = problem.run(alike(layout), whole(shape), true);
        ASSERT_TRUE(found.clean);
        ASSERT_EQ(found.result, expected.result);
      }
    });
  }
}

/// An output does not depend on which others are wanted.
TEST_P(ParametricUnits, ComputeWhatIsWanted) {
  for (const Shape& shape : {Shape{{40}, 3, {4}}, Shape{{}, 6, {60}}}) {
    for_problems(shape, false, [&](auto problem) {
      if (problem.pass == value) return;
      for (int i = 0; i < 32; ++i) {
        problem.wanted = {.u = i % 2 > 0, .v = i / 2 % 2 > 0};
        const Outcome all = problem.run(alike(dense), whole(shape));
        problem.wanted.result = i / 4 % 2;
        problem.wanted.grad_grad_output = i / 8 % 2;
        problem.wanted.sums = i / 16 % 2;
        if (!problem.wanted.result && !problem.wanted.sums && problem.pass == backward) continue;
        const Outcome some = problem.run(alike(dense), whole(shape));
        ASSERT_TRUE(some.clean);
        ASSERT_TRUE(!problem.wanted.result || some.result == all.result);
        ASSERT_TRUE(!problem.wanted.grad_grad_output ||
                    some.grad_grad_output == all.grad_grad_output);
        ASSERT_TRUE(!problem.wanted.sums || some.sums == all.sums);
      }
    });
  }
}

/// The jet of a unit's formula, in the order of parametric_jet.
std::array<double, 6> jet_of(const std::string& name, double x, double w) {
  using V = formulas::V;
  std::array<double, 6> members{};
  const auto evaluate = [&](const char* op, const auto& f) {
    if constexpr (requires { f(V(x), V(w)); }) {
      if (name != op) return;
      const auto jet = f(V(x), V(w));
      members = {V(jet.value).v, V(jet.x).v, V(jet.w).v, V(jet.xx).v, V(jet.xw).v, V(jet.ww).v};
    }
  };
#define NONLIN_OP(op, Type) evaluate(#op, formulas::Type{});
#include "catalogue.inc"
#undef NONLIN_OP
  return members;
}

/// The products of csrc/descriptor.h.
TEST_P(ParametricUnits, ComputeProductsOfTheJet) {
  for_problems({{3}, 5, {20}}, false, [&]<class T>(Problem<T> problem) {
    for (const bool has_u : {false, true}) {
      for (const bool has_v : {false, true}) {
        problem.wanted = {.u = has_u, .v = has_v};
        const Outcome found = problem.one_by_one();
        const auto expect = [](std::uint64_t bits, double expected, double size) {
          T y;
          std::memcpy(&y, &bits, sizeof(T));
          ASSERT_NEAR(real(y), expected, (1 + size) * (sizeof(T) < 4 ? 1e-2 : 1e-5));
        };
        for (std::int64_t n = 0; n < problem.shape.size(); ++n) {
          const auto at = [&](int slot) { return real(problem.input[slot][n]); };
          const std::int64_t c = problem.shape.channel(n);
          const double g = at(parametric::grad_output);
          const double u = has_u ? at(parametric::grad_grad_self) : 0;
          const double v = has_v ? real(problem.grad_grad_weight[c]) : 0;
          const auto [y, x, w, xx, xw, ww] =
              jet_of(GetParam().op, at(parametric::self), real(problem.weight[c]));
          if (problem.pass == value) {
            expect(found.result[n], y, std::fabs(y));
          } else if (problem.pass == backward) {
            expect(found.result[n], g * x, std::fabs(g));
            ASSERT_NEAR(found.sums[n], g * w, 1e-2 * (1 + std::fabs(g)));
          } else {
            const double size = (1 + std::fabs(g)) * (std::fabs(u) + std::fabs(v));
            expect(found.grad_grad_output[n], u * x + v * w, size);
            expect(found.result[n], g * (u * xx + v * xw), size);
            ASSERT_NEAR(found.sums[n], g * (u * xw + v * ww), 1e-2 * (1 + size));
          }
        }
      }
    }
  });
}

/// An absent tensor stands for no term: zero times infinity does not appear.
TEST_P(ParametricUnits, LeaveOutAbsentTerms) {
  for_problems({{}, 1, {9}}, false, [&](auto problem) {
    if (problem.pass != double_backward) return;
    using T = std::remove_reference_t<decltype(problem.weight[0])>;
    for (T& x : problem.input[parametric::self]) x = rounded<T>(-INFINITY);
    for (T& w : problem.weight) w = rounded<T>(.25);
    problem.wanted = {.u = true, .v = false};
    for (const std::uint64_t y : problem.one_by_one().grad_grad_output) ASSERT_NE(y, ~0ull);
    problem.wanted = {.u = false, .v = false};
    const Outcome zero = problem.run(alike(dense), whole(problem.shape));
    ASSERT_EQ(zero.sums, std::vector<double>{0});
    for (const std::uint64_t y : zero.result) ASSERT_EQ(y, 0u);
  });
}

INSTANTIATE_TEST_SUITE_P(All, ParametricUnits, testing::ValuesIn(units<parametric::cpu_unit>()),
                         [](const auto& test) {
                           return std::string(test.param.op) + "_" + test.param.instruction_set;
                         });

}  // namespace
}  // namespace nonlin
