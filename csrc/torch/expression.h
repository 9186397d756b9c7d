#pragma once
/// What only templates over the formulas can give the torch layer: evaluation with ATen operators,
/// and a class of autograd nodes for each activation. catalogue.cpp instantiates them for every
/// header of ops/.
#include "autograd.h"
#include "operator.h"

namespace nonlin {

struct Expressions {
  /// f‴(x) as differentiable ATen operations, in float32 for the 16-bit types.
  Tensor (*third_derivative)(const Tensor& x, const Parameters&);
  NodePtr<Node> (*make_node)(Derivative);
  /// The type of each class of nodes, for Python.
  const std::type_info* node_types[derivatives];
};

struct Activation {
  const pointwise::descriptor* unit;
  const Expressions* expressions;
};

/// Every activation of ops/, in alphabetical order.
NONLIN_EXPORT const std::vector<Activation>& catalogue();

}  // namespace nonlin
