// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/primitive_list.h"

namespace nonlin::avx2 {
namespace {
#include "csrc/simd/avx2.h"
//
#include "csrc/simd/avx2_double.h"
//
#include "tests/cpp/primitives.h"
}  // namespace

constinit const primitives all_primitives = primitives_of<avx2>();
}  // namespace nonlin::avx2
