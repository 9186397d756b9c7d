#pragma once
/// What is compiled once for each instruction set, and whether this processor can run it.
#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace nonlin {

template <class Lanes> struct Set {
  const char* name;
  const Lanes* lanes;
  bool usable;

  friend void PrintTo(const Set& set, std::ostream* stream) { *stream << set.name; }
};

/// Those of x86-64 are null elsewhere.
template <class Lanes>
std::vector<Set<Lanes>> sets(const Lanes* scalar, const Lanes* avx2, const Lanes* avx512) {
  std::vector<Set<Lanes>> list{{"scalar", scalar, true}};
#if defined(__x86_64__)
  list.push_back({"avx2", avx2, bool(__builtin_cpu_supports("avx2"))});
  list.push_back({"avx512", avx512, bool(__builtin_cpu_supports("avx512vl"))});
#endif
  return list;
}
#if defined(__x86_64__)
#define NONLIN_SETS(lanes) sets(&scalar::lanes, &avx2::lanes, &avx512::lanes)
#else
#define NONLIN_SETS(lanes) sets(&scalar::lanes, decltype(&scalar::lanes){}, {})
#endif

/// Tests of each set, skipped where the processor lacks it.
template <class Lanes> class OnEachSet : public testing::TestWithParam<Set<Lanes>> {
 protected:
  void SetUp() override {
    if (!this->GetParam().usable) {
      GTEST_SKIP() << "this processor lacks " << this->GetParam().name;
    }
  }
  const Lanes& lanes() const { return *this->GetParam().lanes; }
};

}  // namespace nonlin
