// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/operation_list.h"

namespace nonlin::scalar {
namespace {
#include "csrc/simd/scalar.h"
#include "csrc/simd/scalar_double.h"
#include "tests/cpp/operations.h"
}  // namespace

constinit const operations all_operations = operations_of<scalar<24>, double_lane>();
}  // namespace nonlin::scalar
