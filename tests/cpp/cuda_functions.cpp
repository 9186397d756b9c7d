// The CUDA lanes on the host, with a special-function unit that errs.
#include "csrc/prelude.h"
//
#include <algorithm>

#include "csrc/descriptor.h"
#include "tests/cpp/function_list.h"

namespace nonlin::cuda {
namespace {
#include "tests/cpp/erring_lane.h"
//
#include "tests/cpp/functions.h"
}  // namespace

void err_by(int exp2, int reciprocal) { unit_error = {exp2, reciprocal}; }
constinit const functions all_functions = functions_of<gpu_lane>();
}  // namespace nonlin::cuda
