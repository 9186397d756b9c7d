// The functions from which formulas are made, each by itself, on the CUDA lanes: executed on the
// host with a model of the special-function unit, exact and off by its documented error.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/primitive_rows.h"

namespace nonlin::cuda {
namespace {
#include "tests/cpp/erring_lane.h"
//
#include "tests/cpp/primitives.h"
}  // namespace
}  // namespace nonlin::cuda

#include <gtest/gtest.h>

#include <vector>

namespace nonlin::cuda {
namespace {

constexpr struct {
  int exp2, reciprocal;
} perturbations[] = {{0, 0}, {2, 1}, {2, -1}, {-2, 1}, {-2, -1}};

real spacing(real y) {
  int exponent;
  frexpl(y, &exponent);
  return ldexpl(1, std::max(exponent, -125) - 24);
}

/// Calls judge(row, x, y) with all that a lane computes, whatever the unit's error.
template <class V, class Judge> void judge_all(const std::vector<float>& more, const Judge& judge) {
  for (const Row& row : rows) {
    if (is_for_cpus(row) || (!compensated<V> && needs_double_words(row))) continue;
    std::vector<float> x;
    for (const float v : more) {
      if (row.from <= v && v <= row.to) x.push_back(v);
    }
    if (V::bits == 24) {
      for (int i = 0; i < 100000; ++i) {
        x.push_back(float(row.from + (row.to - row.from) * i / 100000));
      }
      const auto root = std::bit_cast<std::uint32_t>(float(row.root));
      for (int i = -1000; row.root != 0 && i < 1000; ++i)
        x.push_back(std::bit_cast<float>(root + i));
    }
    std::vector<float> y(x.size());
    for (const auto& p : perturbations) {
      unit_error = {p.exp2, p.reciprocal};
      evaluate<V>(row.which, x.data(), y.data(), int(x.size()));
      unit_error = {};
      judge(row, x, y);
    }
  }
}

/// All numbers of 16 bits as floats; `Half`: of half precision.
template <class T> std::vector<float> numbers_of() {
  std::vector<float> x;
  for (int i = 0; i < 65536; ++i) {
    const float v = to_float(T{static_cast<std::uint16_t>(i)});
    if (v == 0 || (std::isfinite(v) && std::fabs(v) > 0x1p-100f)) x.push_back(v);
  }
  return x;
}

TEST(CudaPrimitives, KeepTheirBoundsInFloat) {
  judge_all<gpu_lane<24>>(numbers_of<bfloat16>(), [](const Row& row, const auto& x, const auto& y) {
    real worst = 0;
    float at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real exact = row.exact(x[i]), error = fabsl(y[i] - exact) / spacing(exact);
      if (!(error <= worst)) worst = error, at = x[i];
    }
    EXPECT_LE(worst, row.ulp_gpu) << row.name << " at " << at;
  });
}

/// Relative errors, where results are normal numbers of the type that will hold them.
template <class V>
void expect_relative(const std::vector<float>& all, double Row::*bound, real least, real most) {
  judge_all<V>(all, [&](const Row& row, const auto& x, const auto& y) {
    real worst = 0;
    float at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const real exact = row.exact(x[i]);
      if (exact != 0 && (fabsl(exact) < least || fabsl(exact) > most)) continue;
      const real error = exact == 0 ? fabsl(y[i]) : fabsl(y[i] / exact - 1);
      if (!(error <= worst)) worst = error, at = x[i];
    }
    EXPECT_LE(worst, row.*bound) << row.name << ", " << V::bits << " bits, at " << at;
  });
}
TEST(CudaPrimitives, HaveSixteenBitsWhereEightAreAsked) {
  expect_relative<gpu_lane<8>>(numbers_of<bfloat16>(), &Row::bits_8_gpu, 0x1p-110L, 0x1p127L);
}
TEST(CudaPrimitives, HaveEighteenBitsWhereElevenAreAsked) {
  expect_relative<gpu_lane<11>>(numbers_of<half>(), &Row::bits_11_gpu, 0x1p-24L, 0x1p16L);
}

}  // namespace
}  // namespace nonlin::cuda
