#include "unreached.h"

#include <utility>

#include "operations.h"

namespace emulator {
namespace {

/// A program as it was written, where each register has one meaning or nearly so.
class reader {
 public:
  explicit reader(const program& p) : p_(p) {}

  std::string_view text(std::size_t n) const { return line_of(p_, p_.code[n].line); }
  bool has(std::size_t n, std::string_view part) const { return text(n).find(part) != npos; }

  /// The last instruction before `at` that writes a register.
  std::size_t writer(int row, std::size_t at) const {
    while (at-- > 0) {
      if (p_.code[at].line != 0 && p_.code[at].to[0] == row && !has(at, "st.")) return at;
    }
    return npos;
  }
  /// Whether a register holds the number of the block, or the same in more bits.
  bool is_block(int row, std::size_t at) const {
    if (row == p_.special + 6 * lanes * 4) return true;  // %ctaid.x
    const std::size_t from = writer(row, at);
    return from != npos && (has(from, "mov.") || has(from, "cvt.")) &&
           is_block(p_.code[from].from[0], from);
  }

  /// What a predicate asks that a branch or an instruction depends on.
  reason asked(int predicate, std::size_t at) const {
    const std::size_t compared = writer(predicate, at);
    if (compared == npos || !has(compared, "setp.")) return reason::unknown;
    const int number = p_.code[compared].from[0];
    if (is_block(number, compared) && (has(compared, ", -1;") || has(compared, ", 0;"))) {
      return reason::block_number;
    }
    const std::size_t high = writer(number, compared);
    const bool is_high = high != npos && has(compared, ", 0;") &&
                         (has(high, ", -2147483648;") || (has(high, "shr.") && has(high, ", 31;")));
    if (!is_high) return reason::unknown;
    return is_block(p_.code[high].from[0], high) ? reason::block_number : reason::wide_number;
  }

  /// Of what never ran: all ways into it that begin at something that did.
  reason why(std::size_t begin, std::size_t end) const {
    reason found = reason::unknown;
    bool entered = false, same = true;
    const auto add = [&](reason one) {
      same = same && (!entered || one == found);
      found = one;
      entered = true;
    };
    if (p_.code[begin].guard >= 0) add(asked(p_.code[begin].guard, begin));
    for (std::size_t n = 0; n < p_.code.size(); ++n) {
      const instruction& i = p_.code[n];
      if (i.executed == 0 || i.run != control::branch_if) continue;
      const bool jumps = i.target >= begin && i.target < end;
      if (jumps || n + 1 == begin) add(asked(i.from[0], n));
    }
    if (entered && same && found != reason::unknown) return found;
    return entered && !accesses(begin, end) ? reason::no_access : reason::unknown;
  }
  bool accesses(std::size_t begin, std::size_t end) const {
    for (std::size_t n = begin; n < end; ++n) {
      const instruction& i = p_.code[n];
      if (i.transfer != nullptr || i.run == control::barrier) return true;
    }
    return false;
  }
  /// Whether a jump leads there from others.
  bool follows(std::size_t begin, std::size_t end, const unreached& other) const {
    for (std::size_t n = other.begin; n < other.end; ++n) {
      const instruction& i = p_.code[n];
      const bool jump = i.run == control::branch || i.run == control::branch_if;
      if (jump && i.target >= begin && i.target < end) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t npos = std::string_view::npos;
  const program& p_;
};

}  // namespace

const char* text_of(reason why) {
  constexpr const char* texts[] = {
      "blocks from 2^31 on, of which no launch has as many",
      "quotients of numbers from 2^31 on, where a launch took none",
      "what a thread does that has nothing to do: no access to memory",
      "no reason that the program tells",
  };
  return texts[static_cast<int>(why)];
}

std::vector<unreached> what_never_ran(const program& p) {
  const reader r(p);
  std::vector<unreached> all;
  for (std::size_t n = 0; n < p.code.size(); ++n) {
    const std::size_t begin = n;
    while (n < p.code.size() && p.code[n].line != 0 && p.code[n].executed == 0) ++n;
    if (n > begin) all.push_back({begin, n, r.why(begin, n)});
  }
  // What only such instructions lead to has their reason.
  for (bool more = true; std::exchange(more, false);) {
    for (unreached& one : all) {
      for (const unreached& other : all) {
        if (one.why != reason::unknown || other.why == reason::unknown) continue;
        if (other.why == reason::no_access && r.accesses(one.begin, one.end)) continue;
        if (!r.follows(one.begin, one.end, other)) continue;
        one.why = other.why;
        more = true;
      }
    }
  }
  return all;
}

}  // namespace emulator
