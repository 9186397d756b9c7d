#include <nonlin/version.h>

#include "build.h"

namespace nonlin {
const char* version() { return NONLIN_VERSION; }
}  // namespace nonlin
