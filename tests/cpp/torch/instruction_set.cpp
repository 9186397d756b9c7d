// What C++ programs can force, they can run.
#include "csrc/torch/instruction_set.h"

#include <gtest/gtest.h>
#include <nonlin/functions.h>
#include <torch/torch.h>

namespace nonlin {
namespace {

TEST(InstructionSet, IsForcedWhereTheProcessorHasIt) {
  const torch::Tensor x = torch::linspace(-3, 3, 100), expected = nonlin::mish(x);
  const instruction_set before = current_instruction_set();
  for (const auto set : {instruction_set::scalar, instruction_set::avx2, instruction_set::avx512}) {
    try {
      force_instruction_set(set);
    } catch (const c10::ValueError& error) {
      EXPECT_EQ(error.msg(),
                std::string("this processor lacks the instruction set \"") + name_of(set) + '"');
      EXPECT_NE(current_instruction_set(), set);
      continue;
    }
    EXPECT_EQ(current_instruction_set(), set);
    EXPECT_TRUE(torch::allclose(nonlin::mish(x), expected, 1e-6, 1e-6));  // and no SIGILL
  }
  force_instruction_set(std::nullopt);
  EXPECT_EQ(current_instruction_set(), before);
}

}  // namespace
}  // namespace nonlin
