// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/function_list.h"

namespace nonlin::avx512 {
namespace {
#include "csrc/simd/avx512.h"
//
#include "csrc/simd/avx512_double.h"
//
#include "tests/cpp/functions.h"
}  // namespace

constinit const functions all_functions = functions_of<avx512>();
}  // namespace nonlin::avx512
