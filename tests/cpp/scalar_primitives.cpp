// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/primitive_list.h"

namespace nonlin::scalar {
namespace {
#include "csrc/simd/scalar.h"
//
#include "csrc/simd/scalar_double.h"
//
#include "tests/cpp/primitives.h"
}  // namespace

constinit const primitives all_primitives = primitives_of<scalar>();
}  // namespace nonlin::scalar
