// Every kernel of every unit: its results do not depend on length, position, strides or neighbours,
// and it touches no byte beyond its tensors. Buffers are exactly as long as their contents, so that
// AddressSanitizer sees the latter.
#include <gtest/gtest.h>

#include <random>

#include "units.h"

namespace nonlin {
namespace {

using Bytes = std::vector<char>;

using Words = std::vector<std::uint64_t>;  // the bits of elements

constexpr int element_size[dtypes] = {8, 4, 2, 2};
constexpr std::uint64_t infinity[dtypes] = {0x7ffull << 52, 0xffull << 23, 0x7c00, 0x7f80};
/// Of the families whose results have an element for each of their inputs'.
template <class CpuUnit> struct Tensors;
template <> struct Tensors<pointwise::cpu_unit> {
  using operands = pointwise::operands;
  using kernel = pointwise::cpu_kernel;
  static constexpr int inputs[passes] = {1, 2, 3}, outputs[passes] = {1, 1, 2};
};
template <> struct Tensors<gated::cpu_unit> {
  using operands = gated::operands;
  using kernel = gated::cpu_kernel;
  static constexpr int inputs[passes] = {2, 3, 5}, outputs[passes] = {1, 2, 3};
};
constexpr int length = 601;  // more than two blocks of the loop over strided elements

/// One kernel, with inputs of random bits.
template <class CpuUnit> class Kernel {
  using Family = Tensors<CpuUnit>;

 public:
  Kernel(const Unit<CpuUnit>& unit, int pass, int type)
      : call_(unit.kernels->at[pass][type]), pass_(pass), type_(type), size_(element_size[type]) {
    for (int i = 0; i < unit.kernels->parameter_count; ++i) {
      parameters_[i] = unit.kernels->parameters[i].value;
    }
    std::mt19937 generator(1);
    for (int i = 0; i < Family::inputs[pass_]; ++i) {
      x_.emplace_back(length * size_);
      for (char& byte : x_.back()) byte = static_cast<char>(generator());
    }
  }

  /// Outputs of elements [first, first + count), which lie `step` elements apart in memory.
  std::vector<Words> operator()(int first, int count, int step) const {
    const int stride = step * size_, span = count ? (count - 1) * std::abs(stride) + size_ : 0;
    const int start = step < 0 && count ? span - size_ : 0;
    typename Family::operands all{};
    all.rank = 1;
    all.size[0] = count;
    std::vector<Bytes> in(Family::inputs[pass_], Bytes(span)),
        out(Family::outputs[pass_], Bytes(span));
    for (std::size_t i = 0; i < in.size(); ++i) {
      for (int k = 0; k < count; ++k) {
        std::memcpy(in[i].data() + start + k * stride, x_[i].data() + (first + k) * size_, size_);
      }
      all.data[out.size() + i] = in[i].data() + start;
      all.stride[out.size() + i][0] = stride;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      all.data[i] = out[i].data() + start;
      all.stride[i][0] = stride;
    }
    call_(parameters_, all, 0, count);
    std::vector<Words> words(out.size(), Words(count));
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (int k = 0; k < count; ++k) words[i][k] = word(out[i].data() + start + k * stride);
    }
    return words;
  }

 private:
  /// All NaN are one: which of two operands gives its bits to a result is the compiler's choice.
  std::uint64_t word(const char* element) const {
    std::uint64_t bits = 0;
    std::memcpy(&bits, element, size_);
    const std::uint64_t sign = 1ull << (8 * size_ - 1);
    return (bits & ~sign) > infinity[type_] ? ~0ull : bits;
  }

  typename Family::kernel call_;
  int pass_, type_, size_;
  double parameters_[max_parameters] = {};
  std::vector<Bytes> x_;
};

/// The elements [first, first + count) of every output.
std::vector<Words> part(const std::vector<Words>& whole, int first, int count) {
  std::vector<Words> result;
  for (const Words& y : whole) result.emplace_back(y.begin() + first, y.begin() + first + count);
  return result;
}

template <class CpuUnit> void compute_each_element_alike(const Unit<CpuUnit>& unit) {
  for (int pass = 0; pass < passes; ++pass) {
    for (int type = 0; type < dtypes; ++type) {
      const Kernel<CpuUnit> kernel(unit, pass, type);
      const auto whole = kernel(0, length, 1);
      for (const int count : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 255, 257, length}) {
        for (const int first : {0, 1, 3, 7, length - count}) {
          if (first + count > length) continue;
          const auto expected = part(whole, first, count);
          for (const int step : {1, 2, -1, -3}) {
            ASSERT_EQ(kernel(first, count, step), expected)
                << "pass " << pass << ", dtype " << type << ", elements " << first << " to "
                << first + count << ", step " << step;
          }
        }
      }
    }
  }
}

class Units : public testing::TestWithParam<Unit<pointwise::cpu_unit>> {};
class GatedUnits : public testing::TestWithParam<Unit<gated::cpu_unit>> {};

TEST_P(Units, ComputeEachElementAlike) {
  if (!GetParam().usable) GTEST_SKIP() << "this processor lacks " << GetParam().instruction_set;
  compute_each_element_alike(GetParam());
}
TEST_P(GatedUnits, ComputeEachElementAlike) {
  if (!GetParam().usable) GTEST_SKIP() << "this processor lacks " << GetParam().instruction_set;
  compute_each_element_alike(GetParam());
}

const auto name_of = [](const auto& test) {
  return std::string(test.param.op) + "_" + test.param.instruction_set;
};
INSTANTIATE_TEST_SUITE_P(All, Units, testing::ValuesIn(units<pointwise::cpu_unit>()), name_of);
INSTANTIATE_TEST_SUITE_P(All, GatedUnits, testing::ValuesIn(units<gated::cpu_unit>()), name_of);

}  // namespace
}  // namespace nonlin
