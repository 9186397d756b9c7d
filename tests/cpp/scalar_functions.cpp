// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/function_list.h"

namespace nonlin::scalar {
namespace {
#include "csrc/simd/scalar.h"
//
#include "csrc/simd/scalar_double.h"
//
#include "tests/cpp/functions.h"
}  // namespace

constinit const functions all_functions = functions_of<scalar>();
}  // namespace nonlin::scalar
