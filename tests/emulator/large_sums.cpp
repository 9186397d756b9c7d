// Sums over more than 2³¹ elements. All but a few are zeros, so that the sum of those few is known
// and blocks that read none of them need not run: which do is found by where they begin.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "large.h"
#include "launch.h"
#include "warp.h"

namespace emulator {
namespace {

/// Places in a row whose elements are not zero.
struct window {
  std::int64_t begin;
  std::vector<bool> read;  // by a block that ran

  bool has(std::int64_t place) const {
    return place >= begin && place < begin + static_cast<std::int64_t>(read.size());
  }
};

/// Ends a block that only was to say where it begins.
struct begins_here {
  std::int64_t place;
};

class run_of_sums {
 public:
  explicit run_of_sums(const large_case& c) : c_(c), count_(count_of(c.size)) {
    for (const role& r : c.pass.roles) {
      first_input_ += r.output;
    }
    add_window(0);
    add_window(count_);
  }

  void check() {
    const placed p =
        c_.place([this](std::size_t role, std::int64_t at) { return index(role, at); });
    how_to_launch.visit = [this](std::uint32_t blocks, const auto& run) { visit(blocks, run); };
    const int error = c_.pass.launch(p);
    how_to_launch.visit = nullptr;
    if (in_order(c_.text(), error)) compare(p);
  }

 private:
  /// Around a place, apart from the others.
  void add_window(std::int64_t at) {
    constexpr std::int64_t length = 600;
    std::int64_t begin = std::clamp<std::int64_t>(at - length / 2, 0, count_ - length);
    const auto taken = [&](std::int64_t place) {
      return std::any_of(windows_.begin(), windows_.end(),
                         [&](const window& w) { return w.has(place); });
    };
    if (taken(begin) || taken(begin + length - 1)) return;
    windows_.push_back({begin, std::vector<bool>(length)});
  }
  /// Of the list: the last one is zero.
  std::int64_t index(std::size_t role, std::int64_t place) {
    if (role == first_input_ && probing_) throw begins_here{place};
    for (window& w : windows_) {
      if (!w.has(place)) continue;
      if (role == first_input_) w.read[static_cast<std::size_t>(place - w.begin)] = true;
      return place % period;
    }
    return period;
  }

  /// Of the first launch the blocks that read a window; of the one that adds what they left, all.
  void visit(std::uint32_t blocks, const std::function<void(std::uint32_t)>& run) {
    if (!begins_.empty()) {
      for (std::uint32_t nth = 0; nth < blocks; ++nth) run(nth);
      return;
    }
    probing_ = true;
    for (std::uint32_t nth = 0; nth < blocks; ++nth) {
      try {
        run(nth);
      } catch (const begins_here& at) {
        begins_.emplace(at.place, nth);
      }
    }
    probing_ = false;
    // Where one block follows another, behind the first 2³¹ bytes.
    const std::int64_t far = (std::int64_t{1} << 31) / bytes_of(c_.pass.type);
    if (const auto next = begins_.lower_bound(far); next != begins_.end()) add_window(next->first);
    std::set<std::uint32_t> done;
    for (const window& w : windows_) {
      for (std::size_t n = w.read.size(); n-- > 0;) {
        const std::int64_t place = w.begin + static_cast<std::int64_t>(n);
        auto next = begins_.upper_bound(place);
        for (int tries = 0; !w.read[n] && next != begins_.begin() && tries < 9;) {
          if (!(--next, done.insert(next->second).second)) continue;
          run(next->second);
          ++tries;
        }
        if (!w.read[n]) throw fault("no block near reads element " + std::to_string(place));
      }
    }
  }

  /// The sum of every channel: of its elements in windows, or zero.
  void compare(const placed& p) const {
    const auto& roles = c_.pass.roles;
    const auto width = static_cast<std::size_t>(bytes_of(c_.pass.type));
    std::int64_t channels = 1, inner = 1;
    if (c_.channel >= 0) {
      channels = c_.size[static_cast<std::size_t>(c_.channel)];
      for (int d = 0; d < c_.channel; ++d) inner *= c_.size[static_cast<std::size_t>(d)];
    }
    std::map<std::int64_t, std::vector<std::int64_t>> places;
    for (const window& w : windows_) {
      for (std::size_t n = 0; n < w.read.size(); ++n) {
        const std::int64_t place = w.begin + static_cast<std::int64_t>(n);
        places[place / inner % channels].push_back(place);
      }
    }
    for (std::int64_t c = 0; c < channels; ++c) {
      std::vector<bytes> inputs(roles.size()), outputs(roles.size());
      for (std::size_t n = 0; n < roles.size(); ++n) {
        const auto copy = [&](bytes& to, const char* from) {
          to.insert(to.end(), from, from + width);
        };
        if (roles[n].of_channels) {
          roles[n].output
              ? copy(outputs[n], p.tensors[n].data + static_cast<std::size_t>(c) * width)
              : copy(inputs[n], c_.list[n].data());
          continue;
        }
        if (roles[n].output) continue;
        for (const std::int64_t place : places[c]) {
          copy(inputs[n], &c_.list[n][static_cast<std::size_t>(place % period) * width]);
        }
      }
      const auto count = static_cast<std::int64_t>(places[c].size());
      c_.pass.check_sums(dense(c_.pass, {count}), inputs, outputs);
    }
  }

  const large_case& c_;
  std::int64_t count_;
  std::size_t first_input_ = 0;
  bool probing_ = false;
  std::vector<window> windows_;
  std::multimap<std::int64_t, std::uint32_t> begins_;  // blocks, by their first element
};

}  // namespace

void check_large_sums(const large_case& c) {
  SCOPED_TRACE(c.text());
  run_of_sums(c).check();
}

}  // namespace emulator
