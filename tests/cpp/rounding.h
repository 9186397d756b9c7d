#pragma once
/// Correct rounding to bfloat16. Included after reals.h and ulp.h, where evaluate() and
/// every_input() are known.

/// Results of bfloat16 that an error of the special-function unit may round the wrong way, as the
/// exact ones lie next to the middle of two neighbours. For that of Mish, which is 5e-6 units away,
/// any rounding is enough.
struct near_tie {
  const char* name;
  int member;
  double x;
  bool always;
};
constexpr near_tie near_ties[] = {
    {"swish", 0, 0x1p-7, false},    {"swish", 0, -0x1p-8, false},  {"swish", 1, 0x1p-8, false},
    {"swish", 1, 0x1.8p-7, false},  {"swish", 1, -0x1p-9, false},  {"swish", 1, -0x1.8p-8, false},
    {"swish", 1, -0x1.4p-7, false}, {"elu", 1, -0x1.ccp-3, false}, {"elu", 2, -0x1.ccp-3, false},
    {"mish", 1, -0x1.4p-11, true},
};
inline bool is_near_tie(const char* name, int member, real x, bool exact_unit) {
  return std::any_of(std::begin(near_ties), std::end(near_ties), [&](const near_tie& t) {
    return std::strcmp(t.name, name) == 0 && t.member == member && t.x == x &&
           (t.always || !exact_unit);
  });
}

template <class F, class G>
void check_rounded_correctly(const char* name, const F& f, const G& text) {
  for (const bfloat16 x : every_input<bfloat16>()) {
    if (!std::isfinite(number(x))) continue;
    const reals exact = exactly(f, number(x));
    for (const auto& p : perturbations) {
      unit_error = {p.exp2, p.reciprocal};
      const auto computed = evaluate(text, x);
      for (int m = 0; m < 3; ++m) {
        const bool near = is_near_tie(name, m, number(x), p.exp2 == 0);
        EXPECT_LE(error(computed[m], exact.of[m]), near ? .50005L : .5L)
            << name << ", derivative " << m << ", 8 digits, 2ˣ off by " << p.exp2 << " and 1/x by "
            << p.reciprocal << " units, at x = " << number(x);
      }
    }
  }
  unit_error = {};
}
