#include "warp.h"

#include <algorithm>

#include "launch.h"

namespace emulator {

bool warp::regroup() {
  if (active != 0) waiting.push_back({pc, active});
  active = 0;
  if (waiting.empty()) return false;
  pc = next = nowhere;
  for (const group& g : waiting) pc = std::min(pc, g.pc);
  std::size_t kept = 0;
  for (const group& g : waiting) {
    if (g.pc == pc) {
      active |= g.mask;
    } else {
      next = std::min(next, g.pc);
      waiting[kept++] = g;
    }
  }
  waiting.resize(kept);
  return true;
}

std::string_view line_of(const program& p, int line) {
  std::string_view rest = p.text;
  for (int n = p.first_line; n < line && !rest.empty(); ++n) {
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  }
  return rest.substr(0, rest.find('\n'));
}

void fail(const warp& w, const instruction& i, int lane, const std::string& what) {
  throw fault(what + ", line " + std::to_string(i.line) + ": " +
              std::string(line_of(*w.of->of, i.line)) + " (thread " +
              std::to_string(w.thread[lane]) + ")");
}

}  // namespace emulator
