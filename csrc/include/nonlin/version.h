#pragma once

namespace nonlin {

/// The version of the library, "0.1.0".
__attribute__((visibility("default"))) const char* version();

namespace detail {
/// Keeps the library linked into a program that only loads TorchScript: the operators are
/// registered when the library is loaded, and a linker drops a library of which no symbol is used.
[[gnu::used]] inline const auto anchor = &version;
}  // namespace detail

}  // namespace nonlin
