/// The list of activations, and what only templates over their formulas can give: this is the one
/// torch unit that sees the headers of ops/.
#include <ATen/ATen.h>

#include <functional>

#include "../prelude.h"
#include "expression.h"

// The units' exports, declared from the same list that CMake makes of the folder.
#if defined(__x86_64__)
#define NONLIN_X86(op)                        \
  namespace nonlin::avx2 {                    \
  extern const pointwise::cpu_unit op##_unit; \
  }                                           \
  namespace nonlin::avx512 {                  \
  extern const pointwise::cpu_unit op##_unit; \
  }
#define NONLIN_CPU(op) \
  { &scalar::op##_unit, &avx2::op##_unit, &avx512::op##_unit }
#else
#define NONLIN_X86(op)
#define NONLIN_CPU(op) \
  { &scalar::op##_unit, nullptr, nullptr }
#endif
#if defined(NONLIN_CUDA)
#define NONLIN_GPU(op) cuda::op##_launch
#else
#define NONLIN_GPU(op) nullptr
#endif
#define NONLIN_OP(op)                                                                        \
  namespace nonlin::scalar {                                                                 \
  extern const pointwise::cpu_unit op##_unit;                                                \
  }                                                                                          \
  namespace nonlin::cuda {                                                                   \
  int op##_launch(pointwise::pass, dtype, const double*, const pointwise::operands&, void*); \
  }                                                                                          \
  NONLIN_X86(op)
#include "catalogue.inc"
#undef NONLIN_OP

namespace nonlin {
namespace {
namespace on_tensors {

#include "csrc/dual.h"
#include "csrc/family/pointwise.h"
#include "csrc/torch/tensor_lane.h"
#include "ops.inc"

/// The curvature's derivative, by dual numbers over tensors. 16-bit tensors are widened: an
/// expression of many operations must not round after each.
template <class F> Tensor third_derivative(const Tensor& x, const Parameters& parameters) {
  using V = dual<tensor>;
  const Tensor input = x.scalar_type() == at::kDouble ? x : x.to(at::kFloat);
  const V curvature = value(formula<F>(parameters.data())(V(tensor(input), 1)).curvature);
  return curvature.d.evaluate(input);
}

template <class F> NodePtr<Node> make_node_of(Derivative derivative) {
  switch (derivative) {
    case Derivative::of_value:
      return make_node<NodeOf<F, Derivative::of_value>>();
    case Derivative::of_backward:
      return make_node<NodeOf<F, Derivative::of_backward>>();
    default:
      return make_node<NodeOf<F, Derivative::of_double_backward>>();
  }
}

template <class F> const Expressions* expressions() {
  static const Expressions result{
      third_derivative<F>,
      make_node_of<F>,
      {&typeid(NodeOf<F, Derivative::of_value>), &typeid(NodeOf<F, Derivative::of_backward>),
       &typeid(NodeOf<F, Derivative::of_double_backward>)}};
  return &result;
}

}  // namespace on_tensors
}  // namespace

const std::vector<Activation>& catalogue() {
#define NONLIN_OP(op) static const pointwise::descriptor op{#op, NONLIN_CPU(op), NONLIN_GPU(op)};
#include "catalogue.inc"
#undef NONLIN_OP
  static const std::vector<Activation> list{
#define NONLIN_OP(op) {&op, on_tensors::expressions<on_tensors::op>()},
#include "catalogue.inc"
#undef NONLIN_OP
  };
  return list;
}

}  // namespace nonlin
