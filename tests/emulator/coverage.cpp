// Which instructions of the kernels have run, for `make emulate`.
#include "coverage.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "runtime.h"

namespace emulator {
namespace {

/// Kernels of one template: all that differ in their formula alone.
struct family_of_kernels {
  int kernels = 0, launched = 0;
  std::size_t instructions = 0, executed = 0;
};

std::string template_of(const std::string& name) {
  const auto begin = name.find('<'), end = name.find(", ", begin);
  return begin == name.npos || end == name.npos ? name
                                                : name.substr(0, begin + 1) + name.substr(end + 2);
}

/// The first lines that never ran.
std::string missing(const program& p) {
  std::string list;
  int from = 0, last = 0;
  const auto close = [&] {
    if (from != 0) {
      list += (list.empty() ? "" : ", ") + std::to_string(from) +
              (last > from ? "–" + std::to_string(last) : "");
    }
    from = 0;
  };
  for (const instruction& i : p.code) {
    if (i.line == 0) continue;
    if (i.executed > 0) {
      close();
    } else {
      if (from == 0) from = i.line;
      last = i.line;
    }
  }
  close();
  return list;
}

}  // namespace

double print_coverage() {
  std::map<std::string, family_of_kernels> all;
  family_of_kernels total;
  for (const program* p : all_kernels()) {
    if (p->name.find("6nonlin4cuda") == p->name.npos) continue;  // the tests' own
    const std::string name = plain_name(p->name);
    family_of_kernels& one = all[template_of(name)];
    std::size_t instructions = 0, executed = 0;
    for (const instruction& i : p->code) {
      instructions += i.line != 0;
      executed += i.line != 0 && i.executed > 0;
    }
    for (family_of_kernels* to : {&one, &total}) {
      ++to->kernels;
      to->launched += p->launches > 0;
      to->instructions += instructions;
      to->executed += executed;
    }
    if (executed < instructions) {
      std::printf("  %s: %zu of %zu instructions; not lines %s of its PTX\n", name.c_str(),
                  executed, instructions, missing(*p).c_str());
    }
  }
  const auto share = [](const family_of_kernels& k) {
    return 100. * static_cast<double>(k.executed) / static_cast<double>(k.instructions);
  };
  for (const auto& [name, k] : all) {
    std::printf("%5.1f %%  %3d of %3d kernels  %s\n", share(k), k.launched, k.kernels,
                name.c_str());
  }
  std::printf(
      "%5.1f %% of the instructions of %d of %d kernels\n"
      "What has not run, and why, in this order of size:\n"
      "  quotients of 64 bits and their strides (mul.hi.u64 and what follows) in sums of a "
      "weight:\n"
      "    of blocks from 2^31 on, which no launch has, and of rows from 2^31 on in part of the\n"
      "    arrangements, where a block alone would take minutes\n"
      "  accesses to tensors in strides (ld.global.u16 and its like) in kernels for groups, of "
      "which\n"
      "    the arrangements are drawn by lot: further dimensions, and one entry for all groups\n",
      share(total), total.launched, total.kernels);
  return share(total);
}

}  // namespace emulator
