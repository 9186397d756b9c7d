// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/operation_list.h"

namespace nonlin::avx2 {
namespace {
#include "csrc/simd/avx2.h"
#include "csrc/simd/avx2_double.h"
#include "tests/cpp/operations.h"
}  // namespace

constinit const operations all_operations = operations_of<avx2<24>, double_lane>();
}  // namespace nonlin::avx2
