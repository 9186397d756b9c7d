#include "families.h"

TORCH_LIBRARY(nonlin, m) {
  nonlin::pointwise::register_operators(m);
  nonlin::parametric::register_operators(m);
  nonlin::gated::register_operators(m);
  nonlin::groupwise::register_operators(m);
}
