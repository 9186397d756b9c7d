// With NONLIN_EMULATE_ALL in the environment everything runs, as `make emulate` wants it, and the
// share of instructions that have run is asserted. Without it what `make test` has time for.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "coverage.h"
#include "effort.h"

namespace emulator {

/// Known before the tests are made: which there are depends on it.
bool all_is_run = std::getenv("NONLIN_EMULATE_ALL") != nullptr;

}  // namespace emulator

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  const int failed = RUN_ALL_TESTS();
  const bool filtered = testing::GTEST_FLAG(filter) != "*";
  if (!emulator::all_is_run || testing::GTEST_FLAG(list_tests) || filtered) return failed;
  constexpr double enough = 91.5;
  const bool covered = emulator::print_coverage() >= enough;
  if (!covered) std::printf("FAILED: less than %.1f %% of the instructions have run\n", enough);
  return failed || !covered;
}
