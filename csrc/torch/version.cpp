#include <nonlin/version.h>

#include "build.h"
#include "build_facts.h"

namespace nonlin {
const char* version() { return NONLIN_VERSION; }

const std::pair<const char*, const char*> build_facts[5] = {
    {"version", NONLIN_VERSION},   {"torch", NONLIN_TORCH_VERSION},
    {"cuda", NONLIN_CUDA_VERSION}, {"cuda_architectures", NONLIN_CUDA_ARCHITECTURES},
    {"compiler", NONLIN_COMPILER},
};
}  // namespace nonlin
