// The kernels and the memory of a thread: little of its stack, and nothing that others left.
#include <gtest/gtest.h>
#include <pthread.h>

#include <cfenv>
#include <string>

#include "parametric_job.h"

namespace nonlin {
namespace {

/// Half of what musl gives a thread.
constexpr std::size_t small = 64 << 10;

template <class F> void on_small_stack(const F& f) {
#if defined(__SANITIZE_ADDRESS__)
  constexpr std::size_t bytes = 4 * small;  // which surrounds every variable
#else
  constexpr std::size_t bytes = small;
#endif
  pthread_attr_t attributes;
  pthread_t thread;
  const auto call = [](void* what) -> void* {
    (*static_cast<const F*>(what))();
    return nullptr;
  };
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
  ASSERT_EQ(pthread_create(&thread, &attributes, call, const_cast<F*>(&f)), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

/// Calls f(type, T) with every storage type.
template <class F> void for_types(const F& f) {
  f(dtype::float64, double{});
  f(dtype::float32, float{});
  f(dtype::float16, half{});
  f(dtype::bfloat16, bfloat16{});
}

template <class CpuUnit> struct Usable : testing::TestWithParam<Unit<CpuUnit>> {
  void SetUp() override {
    if (!this->GetParam().usable) {
      GTEST_SKIP() << "this processor lacks " << this->GetParam().instruction_set;
    }
  }
};
template <class CpuUnit> std::string name(const testing::TestParamInfo<Unit<CpuUnit>>& test) {
  return std::string(test.param.op) + "_" + test.param.instruction_set;
}
#define NONLIN_FOR_UNITS(family, suite)                                              \
  struct suite : Usable<family::cpu_unit> {};                                        \
  INSTANTIATE_TEST_SUITE_P(All, suite, testing::ValuesIn(units<family::cpu_unit>()), \
                           name<family::cpu_unit>)
NONLIN_FOR_UNITS(pointwise, PointwiseStack);
NONLIN_FOR_UNITS(parametric, ParametricStack);
NONLIN_FOR_UNITS(gated, GatedStack);
NONLIN_FOR_UNITS(groupwise, GroupwiseStack);

/// Of tensors that are one element each, all at one place.
template <class Operands, class CpuUnit> void compute_on_small_stack(const CpuUnit& unit) {
  double parameters[max_parameters] = {};
  for (int i = 0; i < unit.parameter_count; ++i) parameters[i] = unit.parameters[i].value;
  for_types([&]<class T>(dtype type, T) {
    std::vector<T> data(8);
    for (const auto& kernels : unit.at) {
      Operands all{};
      all.rank = 1;
      all.size[0] = 3;
      for (auto& tensor : all.data) tensor = data.data();
      on_small_stack([&] { kernels[static_cast<int>(type)](parameters, all, 0, 3); });
    }
  });
}
TEST_P(PointwiseStack, IsSmall) {
  compute_on_small_stack<pointwise::operands>(*GetParam().kernels);
}
TEST_P(GatedStack, IsSmall) { compute_on_small_stack<gated::operands>(*GetParam().kernels); }

parametric::tile whole(const Shape& s) {
  return {{0, product(s.inner)}, {0, s.channels}, {0, product(s.outer)}, nullptr};
}

TEST_P(ParametricStack, IsSmall) {
  using enum parametric::pass;
  for (const Shape& shape : {Shape{{}, 70, {4}}, Shape{{64}, 3, {2}}}) {
    for (const parametric::pass pass : {value, backward, double_backward}) {
      for_types([&]<class T>(dtype type, T) {
        const Problem<T> problem(*GetParam().kernels, pass, type, shape, [] { return .5; });
        const Layouts layouts = {turned, turned, turned, turned, turned};
        on_small_stack([&] { problem.run(layouts, whole(shape)); });
      });
    }
  }
}

TEST_P(GroupwiseStack, IsSmall) {
  for_types([&]<class T>(dtype type, T) {
    std::vector<T> groups(64), chosen(16);
    std::vector<std::uint8_t> index(16);
    groupwise::job job{};
    job.data[groupwise::groups] = groups.data();
    job.data[groupwise::chosen] = chosen.data();
    job.data[groupwise::index] = index.data();
    job.size[0] = 8;
    job.rank = 1;
    job.group = 3;
    job.step = 2 * sizeof(T);
    job.stride[groupwise::groups][0] = 7 * sizeof(T);
    job.stride[groupwise::chosen][0] = 2 * sizeof(T);
    job.stride[groupwise::index][0] = 2;
    for (const auto& kernels : GetParam().kernels->at) {
      on_small_stack([&] { kernels[static_cast<int>(type)](job, 0, 8); });
    }
  });
}

/// What a kernel has left in the memory of its thread would raise an exception in arithmetic.
TEST_P(ParametricStack, HasNothingOfFormerCalls) {
  const auto check = [&]<class T>(dtype type, T, auto signalling_nan) {
    const auto invalid = [&](std::int64_t channels, auto weight) {
      std::vector<T> x(channels, rounded<T>(.5)), y(channels);
      std::vector<decltype(weight)> weights(channels, weight);
      parametric::job job{};
      job.data[parametric::self] = x.data();
      job.data[parametric::result] = y.data();
      job.stride[parametric::self][0] = job.stride[parametric::result][0] = sizeof(T);
      job.size[0] = channels;
      job.rank = 1;
      job.weight = weights.data();
      job.weight_stride = sizeof(T);
      std::feclearexcept(FE_ALL_EXCEPT);
      const auto value = static_cast<int>(parametric::pass::value);
      GetParam().kernels->at[value][static_cast<int>(type)](
          job, {{0, 1}, {0, channels}, {0, 1}, nullptr});
      return std::fetestexcept(FE_INVALID);
    };
    EXPECT_TRUE(invalid(64, signalling_nan));
    EXPECT_FALSE(invalid(5, rounded<T>(.5))) << "dtype " << static_cast<int>(type);
  };
  check(dtype::float64, double{}, std::uint64_t{0x7ff4} << 48);
  check(dtype::float32, float{}, std::uint32_t{0x7fa00000});
  check(dtype::bfloat16, bfloat16{}, std::uint16_t{0x7fa0});
}

}  // namespace
}  // namespace nonlin
