#include "launch.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>
#include <utility>

#include "memory.h"

namespace emulator {

launch_settings how_to_launch;

namespace {

std::vector<std::uint32_t> order(std::uint32_t count, std::uint32_t salt) {
  std::vector<std::uint32_t> all(count);
  std::iota(all.begin(), all.end(), 0u);
  if (how_to_launch.seed != 0) {
    std::mt19937 random(how_to_launch.seed * 0x9e3779b9u + salt);
    if (random() % 4 == 0) {
      std::reverse(all.begin(), all.end());
    } else {
      std::shuffle(all.begin(), all.end(), random);
    }
  }
  return all;
}

/// One warp, until its threads have all ended or are at a barrier.
void run(warp& w) {
  constexpr std::uint64_t endless = 20'000'000;
  instruction* const code = w.of->of->code.data();
  for (std::uint64_t steps = 0; w.regroup();) {
    do {
      instruction& i = code[w.pc++];
      if (i.guard < 0) {
        ++i.executed;
        i.run(w, i);
      } else if (const std::uint32_t now = w.where(i.guard, i.unless); now != 0) {
        ++i.executed;
        const std::uint32_t before = std::exchange(w.active, now);
        i.run(w, i);
        w.active = before;
      }
      if (++steps > endless) fail(w, i, 0, "endless loop");
    } while (w.pc < w.next);
  }
}

/// The warps of a block, with registers for all of them if they meet at barriers.
class warps {
 public:
  explicit warps(block& of) : of_(of) {
    const program& p = *of.of;
    count_ = (of.threads + lanes - 1) / lanes;
    own_ = static_cast<std::size_t>(p.register_bytes + 63) / 64 * 64;
    registers_.resize((p.meets ? count_ : 1) * own_ + 64);
    begin_ = registers_.data() + 63;
    begin_ -= reinterpret_cast<std::uintptr_t>(begin_) % 64;
    for (char* at = begin_; at + own_ <= registers_.data() + registers_.size(); at += own_) {
      std::memcpy(at, p.constants.data(), p.constants.size());
    }
    all_.resize(count_);
  }

  void run_block(std::uint32_t nth, std::uint32_t blocks) {
    const program& p = *of_.of;
    stamp_ = memory::stamps(static_cast<std::uint32_t>(of_.threads));
    const auto thread = p.whole_warps ? in_order() : order(of_.threads, nth);
    for (const std::uint32_t w : order(count_, nth)) {
      start(all_[w], p.meets ? begin_ + w * own_ : begin_, thread, w * lanes);
      fill_special(all_[w], nth, blocks);
      if (!p.meets) run(all_[w]);
    }
    while (p.meets) {
      for (const std::uint32_t w : order(count_, nth + 7 * of_.barriers)) run(all_[w]);
      if (!pass_barrier()) break;
    }
  }

 private:
  std::vector<std::uint32_t> in_order() const {
    std::vector<std::uint32_t> all(of_.threads);
    std::iota(all.begin(), all.end(), 0u);
    return all;
  }
  void start(warp& w, char* registers, const std::vector<std::uint32_t>& thread, int first) {
    w.registers = registers;
    w.of = &of_;
    w.waiting.clear();
    w.at_barrier.clear();
    const int count = std::min(lanes, of_.threads - first);
    for (int n = 0; n < lanes; ++n) {
      w.thread[n] = static_cast<std::uint16_t>(n < count ? thread[first + n] : 0);
      w.stamp[n] = stamp_ + w.thread[n];
    }
    w.stop();
    w.waiting.push_back({0, count == lanes ? warp::all : (1u << count) - 1});
  }
  void fill_special(warp& w, std::uint32_t nth, std::uint32_t blocks) const {
    const std::uint32_t special[] = {
        0, 0, 0, static_cast<std::uint32_t>(of_.threads), 1, 1, nth, 0, 0, blocks, 1, 1, 0};
    for (std::size_t s = 0; s < std::size(special); ++s) {
      auto* row = w.row<std::uint32_t>(of_.of->special + int(s) * lanes * 4);
      for (int n = 0; n < lanes; ++n) row[n] = special[s];
    }
    auto* thread = w.row<std::uint32_t>(of_.of->special);
    auto* lane = w.row<std::uint32_t>(of_.of->special + 12 * lanes * 4);
    for (int n = 0; n < lanes; ++n) {
      thread[n] = w.thread[n];
      lane[n] = w.thread[n] % lanes;
    }
  }
  /// False if all threads have ended.
  bool pass_barrier() {
    std::uint32_t pc = warp::nowhere;
    int there = 0;
    for (const warp& w : all_) {
      for (const auto& group : w.at_barrier) {
        if (there > 0 && group.pc != pc) throw fault("threads of a block at different barriers");
        pc = group.pc;
        there += std::popcount(group.mask);
      }
    }
    if (there == 0) return false;
    if (there < of_.threads) throw fault("a barrier that some threads of the block do not reach");
    for (warp& w : all_) {
      w.waiting = std::exchange(w.at_barrier, {});
      w.stop();
    }
    ++of_.barriers;
    return true;
  }

  block& of_;
  std::uint32_t stamp_ = 0;
  int count_;
  std::size_t own_;
  std::vector<char> registers_;
  char* begin_;
  std::vector<warp> all_;
};

}  // namespace

void launch(program& p, std::uint32_t blocks, std::uint32_t threads, void** arguments) {
  if (threads == 0 || static_cast<int>(threads) > p.most_threads || blocks == 0) {
    throw fault("invalid configuration");
  }
  if (p.code.empty()) parse(p);
  ++p.launches;
  block b{&p, {}, {}, {}, 1, static_cast<int>(threads)};
  b.parameters.resize(p.parameter_bytes);
  for (std::size_t i = 0; i < p.parameters.size(); ++i) {
    const parameter& one = p.parameters[i];
    std::memcpy(b.parameters.data() + one.offset, arguments[i], one.size);
  }
  memory::begin_launch();
  warps all(b);
  std::mt19937 noise(how_to_launch.seed + 1);
  const auto run_block = [&](std::uint32_t nth) {
    b.shared.resize(p.shared_bytes);
    for (char& c : b.shared) c = static_cast<char>(noise());
    b.touched.assign(p.shared_bytes, {});
    b.barriers = 1;
    all.run_block(nth, blocks);
  };
  if (how_to_launch.visit) {
    how_to_launch.visit(blocks, run_block);
  } else {
    for (const std::uint32_t nth : order(blocks, 0)) run_block(nth);
  }
}

}  // namespace emulator
