// With NONLIN_EMULATE_ALL in the environment everything runs, as `make emulate` wants it, and the
// shares of instructions that have run, and that have a reason not to, are asserted. Without it
// what `make test` has time for.
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
  if (!emulator::all_is_run || testing::GTEST_FLAG(list_tests)) return failed;
  const bool filtered = testing::GTEST_FLAG(filter) != "*";
  const emulator::coverage found = emulator::print_coverage(filtered);
  if (filtered) return failed;
  constexpr double enough = 91.5;
  const bool covered = found.run >= enough && found.explained == 100;
  if (!covered) {
    std::printf("FAILED: %.1f %% of the instructions should run, and the others have a reason\n",
                enough);
  }
  return failed || !covered;
}
