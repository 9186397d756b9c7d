// emulator_tests [--all] and GoogleTest's options. With --all everything runs, as `make emulate`
// does; without it what `make test` has time for.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "effort.h"

namespace emulator {

/// Before the tests are made: which there are depends on it.
bool all_is_run = std::getenv("NONLIN_EMULATE_ALL") != nullptr;

}  // namespace emulator

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
