#pragma once
/// What `make try` asks of a formula: its members on the lanes of one instruction set. Included, as
/// units include their loops, in the namespace of the lanes, after
///
///   Formula                    its type
///   narrow_lane<bits>          the lane of floats
#include "csrc/math/dual.h"
#include "csrc/family/parametric.h"
#include "csrc/family/pointwise.h"

template <class F>
concept has_jet = pointwise_formula<F, double_lane> || parametric_formula<F, double_lane>;
static_assert(has_jet<Formula>, "a formula is f(x), or f(x, w) with a weight, and returns a jet");

constexpr bool is_parametric = parametric_formula<Formula, double_lane>;

/// The members of a jet, or of one with a weight, in the order in which they are written.
template <class F, class V> auto members(const F& f, V x, [[maybe_unused]] V w) {
  if constexpr (is_parametric) {
    const auto jet = f(x, w);
    return std::array{V(value(jet.value)), V(value(jet.x)),  V(value(jet.w)),
                      V(value(jet.xx)),    V(value(jet.xw)), V(value(jet.ww))};
  } else {
    const auto jet = f(x);
    return std::array{V(value(jet.value)), V(value(jet.slope)), V(value(jet.curvature))};
  }
}
constexpr int member_count = is_parametric ? 6 : 3;

template <class V, class T, class F>
void run(const F& f, const void* x, const void* w, void* const* out, std::int64_t size) {
  for (std::int64_t i = 0; i < size; i += V::size) {
    const auto y =
        members(f, V::load(static_cast<const T*>(x) + i), V::load(static_cast<const T*>(w) + i));
    for (int m = 0; m < member_count; ++m) y[m].store(static_cast<T*>(out[m]) + i);
  }
}
/// Slope and curvature of the value, by dual numbers, and those that the formula says.
template <class F>
void derive_from([[maybe_unused]] const F& f, [[maybe_unused]] const double* x,
                 [[maybe_unused]] double* const* out, [[maybe_unused]] std::int64_t size) {
#ifdef NONLIN_DUALS
  if constexpr (!parametric_formula<F, double_lane>) {
    using once = dual<reference_lane<24>>;
    for (std::int64_t i = 0; i < size; ++i) {
      const dual<once> y = f(dual<once>(once(x[i], 1), once(1, 0))).value;
      const auto jet = f(reference_lane<24>(x[i]));
      out[0][i] = y.d.v.v;
      out[1][i] = y.d.d.v;
      out[2][i] = reference_lane<24>(jet.slope).v;
      out[3][i] = reference_lane<24>(jet.curvature).v;
    }
  }
#endif
}
