#pragma once
/// Numbers of the storage types, where the type is known at run time only.
#include <random>
#include <string>
#include <vector>

#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"

namespace emulator {

using nonlin::dtype;
using real = long double;
using bytes = std::vector<char>;

constexpr dtype types[] = {dtype::float64, dtype::float32, dtype::float16, dtype::bfloat16};

int bytes_of(dtype);
const char* name_of(dtype);
double decoded(dtype, const char*);
/// The nearest number.
void encode(dtype, real, char*);
bytes encoded(dtype, const std::vector<double>&);
/// How far a result is off, in units of the last place; a NaN that should be none is infinitely so.
real error(dtype, const char* computed, real exact);
/// In these units what an absolute error is.
real spacing(dtype, real exact);

/// Whether results are the same bits but for those of NaN.
bool same_numbers(dtype, const bytes&, const bytes&);

/// All numbers of 16 bits, or a sample of the others: of all sizes, and near zero.
std::vector<double> many_numbers(dtype, int count);

struct random_source {
  std::mt19937_64 generator;
  explicit random_source(std::uint64_t seed) : generator(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(generator);
  }
  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(generator);
  }
  /// Once in so many times.
  bool once_in(int n) { return between(1, n) == 1; }
  /// Any bits, moderate numbers, small ones, special ones.
  double number(dtype);
};

}  // namespace emulator
