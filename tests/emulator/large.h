#pragma once
/// Launches on tensors of more than 2³¹ elements, in memory that is made up.
#include "elementwise.h"
#include "made_up.h"

namespace emulator {

constexpr std::int64_t period = 1021;

struct large_case {
  const elementwise_pass& pass;
  sizes size, stride;
  int channel = -1;
  /// By role, also of outputs: `period` elements, and one where all inputs are zero. All channels
  /// have the first weight.
  std::vector<bytes> list = {};

  /// Fills the list with random numbers and with what a dense run makes of them; false: it failed.
  bool draw(random_source&);
  std::string text() const;
  /// The tensors. At a place there is element `index(role, place)` of the list; sums are zeros yet.
  placed place(
      const std::function<std::int64_t(std::size_t role, std::int64_t place)>& index) const;
};

/// The sums of a pass that has some, where most elements are zero.
void check_large_sums(const large_case&);

}  // namespace emulator
