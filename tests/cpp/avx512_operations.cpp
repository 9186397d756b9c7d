// Compiled for its instruction set, and free of anything that a linker could share.
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
#include "tests/cpp/operation_list.h"

namespace nonlin::avx512 {
namespace {
#include "csrc/simd/avx512.h"
#include "csrc/simd/avx512_double.h"
#include "tests/cpp/operations.h"
}  // namespace

constinit const operations all_operations = operations_of<avx512<24>, double_lane>();
}  // namespace nonlin::avx512
