// What the emulator says of instructions that never ran.
#include <gtest/gtest.h>

#include "unreached.h"

namespace emulator {
namespace {

/// Its instructions have run but for those of these lines.
std::vector<unreached> without(const char* body, std::initializer_list<int> lines) {
  static std::string text;
  text = std::string(".entry f()\n{\n.reg .pred %p<9>;\n.reg .b32 %r<9>;\n.reg .b64 %rd<9>;\n") +
         body + "}\n";
  program p;
  p.text = text;
  parse(p);
  for (instruction& i : p.code) {
    i.executed = std::find(lines.begin(), lines.end(), i.line) == lines.end();
  }
  return what_never_ran(p);
}
void expect_one(const std::vector<unreached>& found, reason why) {
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].why, why);
}

TEST(Unreached, BlocksOfNoLaunch) {
  expect_one(without("mov.u32 %r1, %ctaid.x;\n"
                     "cvt.u64.u32 %rd1, %r1;\n"
                     "and.b64 %rd2, %rd1, -2147483648;\n"
                     "setp.eq.s64 %p1, %rd2, 0;\n"
                     "@%p1 bra L;\n"
                     "shl.b64 %rd3, %rd1, 1;\n"
                     "L:\nret;\n",
                     {11}),
             reason::block_number);
}
TEST(Unreached, WideNumbers) {
  const char* body =
      "mul.lo.s64 %rd1, %rd0, %rd0;\n"
      "shr.u64 %rd2, %rd1, 31;\n"
      "setp.ne.s64 %p1, %rd2, 0;\n"
      "@%p1 bra L;\n"
      "ret;\n"
      "L:\nst.global.u64 [%rd0], %rd1;\n"
      "bra N;\n"
      "M:\nst.global.u64 [%rd0], %rd2;\n"
      "ret;\n"
      "N:\nbra M;\n";
  expect_one(without(body, {12, 13, 15, 16, 18}), reason::wide_number);
  const auto apart = without(body, {12, 13, 18});
  ASSERT_EQ(apart.size(), 2u);  // the second follows from the first
  for (const unreached& one : apart) EXPECT_EQ(one.why, reason::wide_number);
}
TEST(Unreached, Accesses) {
  const char* body =
      "setp.lt.s32 %p1, %r1, 1;\n"
      "@%p1 bra L;\n"
      "st.global.u32 [%rd0], %r1;\n"
      "L:\nmov.u32 %r2, 0;\n"
      "ret;\n";
  expect_one(without(body, {10}), reason::no_access);
  expect_one(without(body, {8}), reason::unknown);
}

}  // namespace
}  // namespace emulator
