#pragma once
/// Like products.h, after which it is included, for activations with a weight.

/// Inputs and their weights, of all sizes, with products from 8 on. Left out are products beyond
/// the domain of exp where it is felt, as the third power of the input is beyond 2¹⁰⁰ (double:
/// 2⁹⁴⁰).
template <class T> struct points { std::vector<T> x, w; };
template <class T> points<T> far_points() {
  constexpr int end = format<T>::largest;
  constexpr bool wide = end > 127;
  points<T> list;
  const auto add = [&](T x, T w) {
    const real product = fabsl(number(x) * number(w));
    const bool beyond = product > (wide ? 1400 : 174) && product < (wide ? 3000 : 400) &&
                        fabsl(number(x)) > ldexpl(1, wide ? 313 : 33);
    if (!(product >= 8) || beyond) return;
    list.x.push_back(x);
    list.w.push_back(w);
  };
  for (const T x : far_inputs<T>()) add(x, as<T>(1));
  using sample = std::conditional_t<std::is_same_v<T, double>, double, float>;
  const auto products = far_inputs<sample>();
  for (const real weight : {-.25L, 30.L, ldexpl(-1.5L, -end / 2), ldexpl(1.25L, end / 2)}) {
    const T w = as<T>(weight);
    for (std::size_t i = 0; i < products.size(); i += 3) {
      const real x = number(products[i]) / number(w);
      if (fabsl(x) <= largest_of<T>() || std::isinf(number(products[i]))) add(as<T>(x), w);
    }
    for (const real x : {largest_of<T>(), real{INFINITY}}) add(as<T>(x), w), add(as<T>(-x), w);
  }
  return list;
}

/// What a pass gives, and the terms of the gradient of the weight, rounded.
template <class T> struct parametric_results { std::vector<T> result, grad_grad_output, term; };

template <class T, class F, class Run>
void expect_parametric_limits(const std::string& name, const F& f, const Run& run,
                              const bounds& allowed) {
  const auto [xs, ws] = far_points<T>();
  const auto a = large_gradients<T>();
  std::vector<numbers> exact;
  for (std::size_t n = 0; n < xs.size(); ++n) {
    exact.push_back(exactly(f, far(number(xs[n]), 1e1000L), number(ws[n])));
  }
  Worst result, term, grad_grad_output, second_result, second_term;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const real g = number(a[i]);
    const auto y = run.backward(a[i], xs, ws);
    for (std::size_t n = 0; n < xs.size(); ++n) {
      const real x = number(xs[n]), w = number(ws[n]);
      const auto& [f0, fx, fw, fxx, fxw, fww] = exact[n];
      result.take(excess<T>(number(y.result[n]), {{g, fx}}), g, x, w);
      term.take(excess<T>(number(y.term[n]), {{g, fw}}), g, x, w);
    }
    const T *u = &a[i], *v = &a[(i + 1) % a.size()];
    for (const auto& [pu, pv] : {std::pair{u, v}, {u, nullptr}, {nullptr, v}}) {
      const auto z = run.double_backward(pu, pv, a[i], xs, ws);
      const real du = pu ? number(*pu) : 0, dv = pv ? number(*pv) : 0;
      for (std::size_t n = 0; n < xs.size(); ++n) {
        const real x = number(xs[n]), w = number(ws[n]);
        const auto& [f0, fx, fw, fxx, fxw, fww] = exact[n];
        grad_grad_output.take(excess<T>(number(z.grad_grad_output[n]), {{du, fx}, {dv, fw}}), du,
                              dv, x, w);
        second_result.take(excess<T>(number(z.result[n]), {{g * du, fxx}, {g * dv, fxw}}), g, du,
                           dv, x, w);
        second_term.take(excess<T>(number(z.term[n]), {{g * du, fxw}, {g * dv, fww}}), g, du, dv, x,
                         w);
      }
    }
  }
  result.expect(allowed.first, name + ", g·f_x of g, x and w");
  term.expect(allowed.first, name + ", g·f_w of g, x and w");
  grad_grad_output.expect(allowed.first, name + ", u·f_x + v·f_w of u, v, x and w");
  second_result.expect(allowed.second, name + ", g·(u·f_xx + v·f_xw) of g, u, v, x and w");
  second_term.expect(allowed.second, name + ", g·(u·f_xw + v·f_ww) of g, u, v, x and w");
}
