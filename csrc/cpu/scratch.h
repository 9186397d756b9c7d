#pragma once
#include "../prelude.h"

namespace nonlin {

/// Memory of the calling thread, for what would be too much on its stack: at least `bytes`,
/// aligned to a line of the cache, with arbitrary contents, until the next call. It is allocated
/// when a kernel first needs it and kept for the next one.
void* scratch(std::size_t bytes);

}  // namespace nonlin
