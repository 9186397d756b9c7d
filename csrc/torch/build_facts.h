#pragma once
/// What this library was built of and for. It changes with the build, not with the sources: only
/// one small file is compiled again.
#include <utility>

namespace nonlin {

/// Names and values, those of build_info() in Python.
__attribute__((visibility("default"))) extern const std::pair<const char*, const char*>
    build_facts[5];

}  // namespace nonlin
