#include <nonlin/formula.h>
struct MyTypo {
  template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{x, V(1), zero}; }
};
