/// The lists of activations: this is the one torch unit that sees the headers of ops/.
#include "catalogue.h"

#include <ATen/ATen.h>

#include <functional>

#include "../prelude.h"
#include "autograd.h"

namespace nonlin {
namespace {
namespace on_tensors {

/// What formulas name a hyper-parameter, in this lane: a constant, or a tensor without dimensions,
/// which may be of a number that a compiler has not read.
struct parameter {
  double wide;
  Tensor number;
  parameter(double value) : wide(value) {}
  explicit parameter(Tensor value) : wide(NAN), number(std::move(value)) {}
};

#include "csrc/dual.h"
#include "csrc/family/groupwise.h"
#include "csrc/family/parametric.h"
#include "csrc/family/pointwise.h"
#include "csrc/torch/tensor_lane.h"
#include "ops.inc"

using V = dual<tensor>;

/// 16-bit tensors are widened: an expression of many operations must not round after each.
Tensor wide(const Tensor& t) { return t.scalar_type() == at::kDouble ? t : t.to(at::kFloat); }
tensor lane(const Tensor& t) { return t.defined() ? tensor(wide(t)) : tensor(0); }

/// The formula with its hyper-parameters set, in the type and on the device of `like`.
template <class F> F formula([[maybe_unused]] const Numbers& numbers, const Tensor& like) {
  F f;
  if constexpr (parameter_count<F>() > 0) {
    constexpr auto list = F::parameters();
    const auto options = at::dtype(like.scalar_type()).device(like.device());
    for (int i = 0; i < parameter_count<F>(); ++i) {
      f.*list[i].member = parameter(at::scalar_tensor(numbers[i], options));
    }
  }
  return f;
}

/// Beyond the second by dual numbers over tensors.
template <class F> Tensor derivative(int order, const Tensor& x, const Numbers& numbers) {
  const Tensor input = wide(x);
  const auto jet = formula<F>(numbers, input)(V(tensor(input), 1));
  const V members[] = {value(jet.value), value(jet.slope), value(jet.curvature)};
  const Tensor y = (order < 3 ? members[order].v : members[2].d).evaluate(input);
  return y.dim() == input.dim() ? y : y.expand_as(input);  // of the parameters alone
}

/// The jet's derivatives along (b, c), combined along (u, v).
template <class F>
parametric::Mixed mixed(const Tensor& x, const Tensor& w, const Tensor& u, const Tensor& v,
                        const Tensor& b, const Tensor& c) {
  const Tensor input = wide(x);
  const auto jet = F{}(V(tensor(input), lane(b)), V(tensor(wide(w)), lane(c)));
  const auto along = [&](V in_x, V in_w) {
    return (lane(u) * in_x.d + lane(v) * in_w.d).evaluate(input);
  };
  return {along(value(jet.x), value(jet.w)), along(value(jet.xx), value(jet.xw)),
          along(value(jet.xw), value(jet.ww))};
}

template <class F> Tensor member(int which, const Tensor& x, const Tensor& w) {
  const Tensor input = wide(x);
  const auto jet = F{}(tensor(input), tensor(wide(w)));
  const tensor members[] = {value(jet.value), value(jet.x),  value(jet.w),
                            value(jet.xx),    value(jet.xw), value(jet.ww)};
  return members[which].evaluate(input);
}

template <class F> constexpr bool is_parametric = parametric_formula<F, V>;
template <class F> constexpr bool is_groupwise = groupwise_formula<F, exact<53>>;
/// The type of an activation's units.
template <class F>
using family = std::conditional_t<
    is_parametric<F>, parametric::descriptor,
    std::conditional_t<is_groupwise<F>, groupwise::descriptor, pointwise::descriptor>>;
template <class F>
using cpu_unit = std::remove_cvref_t<decltype(*std::declval<family<F>>().cpu[0])>;
template <class F> using cuda_unit = std::remove_cvref_t<decltype(*std::declval<family<F>>().cuda)>;

template <class F> NodePtr<Node> make_node_of(int which) {
  switch (which) {
    case 0:
      return make_node<NodeOf<F, 0>>();
    case 1:
      return make_node<NodeOf<F, 1>>();
    default:
      return make_node<NodeOf<F, 2>>();
  }
}

/// What PyTorch calls the nodes: the activation's name in camel case and an ending.
template <class F> Nodes make_nodes(const char* name) {
  std::string camel;
  bool upper = true;
  for (const char* c = name; *c; ++c) {
    if (*c != '_') camel += upper ? static_cast<char>(std::toupper(*c)) : *c;
    upper = *c == '_';
  }
  const char* last = is_groupwise<F> ? "GatherBackward" : "DoubleBackwardBackward";
  return {{camel + "Backward", camel + "BackwardBackward", camel + last},
          make_node_of<F>,
          {&typeid(NodeOf<F, 0>), &typeid(NodeOf<F, 1>), &typeid(NodeOf<F, 2>)}};
}

template <class F> void add(Catalogue& list, const family<F>& unit) {
  static const Nodes nodes = make_nodes<F>(unit.name);
  if constexpr (is_parametric<F>) {
    list.parametric.push_back({&unit, &nodes, F::weight, mixed<F>, member<F>});
  } else if constexpr (is_groupwise<F>) {
    list.groupwise.push_back({&unit, &nodes});
  } else {
    list.pointwise.push_back({&unit, &nodes, derivative<F>});
  }
}

}  // namespace on_tensors
}  // namespace

// The units' exports, declared from the list that CMake makes of the folder. Weak: the address of
// one that this build leaves out is null, and what it leaves out decides nothing but the linking.
#define NONLIN_UNIT(isa, kind, op, ...)                                \
  namespace isa {                                                      \
  extern const on_tensors::kind<on_tensors::op> op##_unit __VA_ARGS__; \
  }
#define NONLIN_OP(op)                                      \
  NONLIN_UNIT(scalar, cpu_unit, op)                        \
  NONLIN_UNIT(avx2, cpu_unit, op, __attribute__((weak)))   \
  NONLIN_UNIT(avx512, cpu_unit, op, __attribute__((weak))) \
  NONLIN_UNIT(cuda, cuda_unit, op, __attribute__((weak)))
#include "catalogue.inc"
#undef NONLIN_OP

const Catalogue& catalogue() {
  static const Catalogue list = [] {
    Catalogue result;
#define NONLIN_OP(op)                                                                     \
  static const on_tensors::family<on_tensors::op> op##_entry{                             \
      #op, {&scalar::op##_unit, &avx2::op##_unit, &avx512::op##_unit}, &cuda::op##_unit}; \
  on_tensors::add<on_tensors::op>(result, op##_entry);
#include "catalogue.inc"
#undef NONLIN_OP
    return result;
  }();
  return list;
}

}  // namespace nonlin
