#pragma once
/// How much is run: `make test` or `make emulate`.
namespace emulator {

extern bool all_is_run;
inline int effort() { return all_is_run ? 6 : 1; }

}  // namespace emulator
