#pragma once
namespace nonlin {

/// Each is changed by a flag that compensated arithmetic does not survive.
enum class operation {
  product_minus,  // a·b − c: contracted to one rounding
  product_plus,   // a·b + c
  rest_of_sum,    // ((a + b) − a) − b: reassociated to 0
  error_of_sum,   // of sum(a, b)
  third,          // a / 3: by a reciprocal
  minus_itself,   // a − a: 0 for infinity
  times_zero,     // a·0: 0 for infinity and for −1
  plus_zero,      // a + 0: −0 for −0
  equals_itself,  // a = a: true for NaN
};

/// y[i] = p(a[i], b[i], c[i]); the size is a multiple of 16.
struct operations {
  template <class T>
  using function = void (*)(operation, const T* a, const T* b, const T* c, T* y, int size);
  function<float> on_floats;
  function<double> on_doubles;
};
namespace scalar {
extern const operations all_operations;
}
namespace avx2 {
extern const operations all_operations;
}
namespace avx512 {
extern const operations all_operations;
}

}  // namespace nonlin
