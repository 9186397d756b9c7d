// Which instructions of the kernels have run, for `make emulate`.
#include "coverage.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "runtime.h"
#include "unreached.h"

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

/// Their lines, of each reason.
std::string lines_of(const program& p, const std::vector<unreached>& all) {
  std::string list;
  for (int why = 0; why < reasons; ++why) {
    std::string lines;
    for (const unreached& one : all) {
      if (static_cast<int>(one.why) != why) continue;
      const int from = p.code[one.begin].line, last = p.code[one.end - 1].line;
      lines += ' ' + std::to_string(from) + (last > from ? "–" + std::to_string(last) : "");
    }
    if (!lines.empty()) {
      list += std::string("\n    ") + text_of(static_cast<reason>(why)) + ": lines" + lines;
    }
  }
  return list;
}

}  // namespace

coverage print_coverage(bool of_launched) {
  std::map<std::string, family_of_kernels> all;
  family_of_kernels total;
  std::size_t for_reason[reasons] = {}, not_launched = 0;
  for (program* p : all_kernels()) {
    if (p->name.find("6nonlin4cuda") == p->name.npos) continue;  // the tests' own
    if (of_launched && p->launches == 0) continue;
    if (p->code.empty()) parse(*p);
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
    if (p->launches == 0) {
      not_launched += instructions;
      std::printf("  %s: not launched\n", name.c_str());
    } else if (executed < instructions) {
      const auto rest = what_never_ran(*p);
      for (const unreached& run : rest)
        for_reason[static_cast<int>(run.why)] += run.end - run.begin;
      std::printf("  %s: %zu of %zu instructions; not, in its PTX,%s\n", name.c_str(), executed,
                  instructions, lines_of(*p, rest).c_str());
    }
  }
  const auto share = [](std::size_t part, std::size_t of) {
    return of == 0 ? 0 : 100. * static_cast<double>(part) / static_cast<double>(of);
  };
  for (const auto& [name, k] : all) {
    std::printf("%5.1f %%  %3d of %3d kernels  %s\n", share(k.executed, k.instructions), k.launched,
                k.kernels, name.c_str());
  }
  std::printf("%5.1f %% of the instructions of %d of %d kernels. The others:\n",
              share(total.executed, total.instructions), total.launched, total.kernels);
  for (int why = 0; why < reasons; ++why) {
    std::printf("%6zu  %s\n", for_reason[why], text_of(static_cast<reason>(why)));
  }
  std::printf("%6zu  kernels that no test launched\n", not_launched);
  const std::size_t unknown = not_launched + for_reason[static_cast<int>(reason::unknown)];
  return {share(total.executed, total.instructions),
          share(total.instructions - unknown, total.instructions)};
}

}  // namespace emulator
