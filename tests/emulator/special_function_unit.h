#pragma once
/// What the special-function unit gives: the float next to the result, or off by its documented
/// error. The same argument always has the same result.
#include <cstdint>

namespace emulator {

struct unit_error {
  /// Units in the last place: of 2ˣ, of which log₂ has as many halves of 2⁻²², and of 1/x and √x.
  int exp2 = 0, reciprocal = 0;
  /// Any number up to these, by the argument; 0: these.
  std::uint32_t seed = 0;
};
extern unit_error how_the_unit_errs;

}  // namespace emulator
