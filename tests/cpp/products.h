#pragma once
/// Derivatives far from zero times large gradients: the limits that a derivative has are also those
/// of its products. Included after reals.h and ulp.h.

/// The nearest number that T has.
template <class T> T as(real x) {
  if constexpr (std::is_same_v<T, half>) {
    return {std::bit_cast<std::uint16_t>(static_cast<_Float16>(x))};
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return to_bfloat16(static_cast<float>(x));
  } else {
    return static_cast<T>(x);
  }
}
template <class T> real largest_of() {
  return ldexpl(2 - ldexpl(1, 1 - format<T>::digits), format<T>::largest);
}

/// Those of 16 bits all, of the others a sample: where the tails end, and beyond.
template <class T> std::vector<T> far_inputs() {
  std::vector<T> list;
  if constexpr (sizeof(T) == 2) {
    for (int i = 0; i < 65536; ++i) {
      const T x{static_cast<std::uint16_t>(i)};
      if (fabsl(number(x)) >= 8) list.push_back(x);
    }
  } else {
    const real end = sizeof(T) == 8 ? 1600 : 220;
    for (const real sign : {-1, 1}) {
      for (int i = 0; i < 8000; ++i) list.push_back(as<T>(sign * (8 + (end - 8) * i / 8000)));
      for (int n = 3; n <= format<T>::largest; ++n) list.push_back(as<T>(sign * ldexpl(1.4L, n)));
      list.push_back(as<T>(sign * largest_of<T>()));
      list.push_back(as<T>(sign * INFINITY));
    }
  }
  return list;
}
template <class T> std::vector<T> large_gradients() {
  constexpr int end = format<T>::largest;
  return {as<T>(1), as<T>(-ldexpl(1.25L, end / 4)), as<T>(ldexpl(1.5L, end / 2)),
          as<T>(-largest_of<T>())};
}
/// x, or instead of infinity a number at which every derivative has reached its limit.
inline real far(real x, real end) { return std::isinf(x) ? std::copysign(end, x) : x; }

/// A member of the jet and its factors.
struct multiple {
  real factor, member;
};

/// By how much a sum of such products is off, in units of the last place that its terms have as
/// numbers of type T. Allowed besides is what the numbers that compute, floats or doubles, cannot
/// hold: a subnormal member is right to half of the least number, times its factors. But one that
/// rounds to zero leaves nothing to multiply.
///
/// The special-function unit of CUDA flushes subnormals, for which nothing more is allowed. With 24
/// bits and with 8 no power comes from it whole: powers of two are made without it, or it gives the
/// square root. With 11 bits it flushes what is below 2⁻¹²⁶: times two gradients and x³ that is
/// still far below the least number, 2⁻²⁴.
template <class T> real excess(real computed, std::initializer_list<multiple> sum) {
  using computing = std::conditional_t<std::is_same_v<T, double>, double, float>;
  const real least = ldexpl(1, format<computing>::least), most = largest_of<computing>();
  real exact = 0, size = 0, slack = 0;
  int terms = 0;
  bool vanishes = true;
  for (const auto& [factor, member] : sum) {
    if (factor == 0) continue;
    ++terms;
    exact += factor * member;
    size += fabsl(factor * member);
    slack += fabsl(factor) * least / 2;
    vanishes = vanishes && fabsl(member) < least / 4;
  }
  if (vanishes) return computed == 0 ? 0 : INFINITY;
  if (terms > 1 && size > most) return 0;  // one may be infinite, and so the other
  if (std::isnan(computed) || std::isnan(exact)) return INFINITY;
  const real edge = ldexpl(2 - ldexpl(1, -format<T>::digits), format<T>::largest);
  const real off = fabsl(std::clamp(computed, -edge, edge) - std::clamp(exact, -edge, edge));
  return std::max<real>(off - slack, 0) / spacing<T>(std::min(size, edge));
}

/// The worst of one result.
class Worst {
 public:
  template <class... Inputs> void take(real units, Inputs... inputs) {
    if (!(units > units_)) return;
    units_ = units;
    std::ostringstream text;
    ((text << ' ' << inputs), ...);
    where_ = text.str();
  }
  void expect(real allowed, const std::string& name) const {
    EXPECT_LE(units_, allowed) << name << " at" << where_;
  }

 private:
  real units_ = 0;
  std::string where_;
};

/// The most that products of first and second derivatives may be off.
struct bounds {
  real first, second;
};

/// The passes of one activation at a setting, of gradients that are the same for all x.
template <class T> struct Passes {
  using list = std::vector<T>;
  std::function<list(T g, const list& x)> backward;
  std::function<std::array<list, 2>(T v, T g, const list& x)> double_backward;
};

/// `exactly_at` says what the formula is, its limits too. No type of a formula comes this far: this
/// is compiled once for all.
template <class T>
void expect_limits(const std::string& name, const std::function<reals(real)>& exactly_at,
                   const Passes<T>& run, const bounds& allowed) {
  const auto x = far_inputs<T>();
  const auto a = large_gradients<T>();
  std::vector<reals> exact;
  for (const T each : x) exact.push_back(exactly_at(number(each)));
  Worst backward, first, second;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const real g = number(a[i]);
    const auto y = run.backward(a[i], x);
    for (std::size_t n = 0; n < x.size(); ++n) {
      backward.take(excess<T>(number(y[n]), {{g, exact[n].of[1]}}), g, number(x[n]));
    }
    for (const std::size_t k : {i, (i + 1) % a.size()}) {
      const real v = number(a[k]);
      const auto z = run.double_backward(a[k], a[i], x);
      for (std::size_t n = 0; n < x.size(); ++n) {
        first.take(excess<T>(number(z[0][n]), {{v, exact[n].of[1]}}), v, number(x[n]));
        second.take(excess<T>(number(z[1][n]), {{v * g, exact[n].of[2]}}), v, g, number(x[n]));
      }
    }
  }
  backward.expect(allowed.first, name + ", g·f′ of g and x");
  first.expect(allowed.first, name + ", v·f′ of v and x");
  second.expect(allowed.second, name + ", v·g·f″ of v, g and x");
}
