#pragma once
/// Correct rounding to bfloat16. Included after reals.h and ulp.h, where evaluate() and
/// every_input() are known.

/// An exact result may lie so close to the middle of two neighbours that any rounding is enough to
/// take the wrong one: a 100 000th of a unit. An error of the special-function unit does so from
/// five times that distance. Of few inputs, with whatever error: each is counted once.
constexpr real any_rounding = .50001L, erring_unit = .50005L;
constexpr int few = 7;
/// The same where several powers are multiplied, and polynomials of 8 bits of them: as measured.
template <class F> constexpr real several = 0;
template <> constexpr real several<Serf> = .501L;

template <class F, class G>
void check_rounded_correctly(const char* name, const F& f, const G& text) {
  int near_ties = 0;
  for (const bfloat16 x : every_input<bfloat16>()) {
    if (!std::isfinite(number(x))) continue;
    const reals exact = exactly(f, number(x));
    bool wrong[3] = {};
    for (const auto& p : perturbations) {
      unit_error = {p.exp2, p.reciprocal};
      const auto computed = evaluate(text, x);
      for (int m = 0; m < 3; ++m) {
        const real units = error(computed[m], exact.of[m]);
        wrong[m] = wrong[m] || units > .5L;
        EXPECT_LE(units, std::max(several<F>, p.exp2 == 0 ? any_rounding : erring_unit))
            << name << ", derivative " << m << ", 8 digits, 2ˣ off by " << p.exp2 << " and 1/x by "
            << p.reciprocal << " units, at x = " << number(x);
      }
    }
    near_ties += wrong[0] + wrong[1] + wrong[2];
  }
  EXPECT_LE(near_ties, few) << name << ": results of bfloat16 that are not correctly rounded";
  unit_error = {};
}
