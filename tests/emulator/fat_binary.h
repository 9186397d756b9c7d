#pragma once
/// The PTX that a unit carries.
#include <string>

namespace emulator {

/// Of a fat binary, as the wrapper that a unit registers points to it. Throws std::runtime_error
/// where it has none.
std::string ptx_of(const void* wrapper);

}  // namespace emulator
