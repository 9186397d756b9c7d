// Elements of tensors of more than 2³¹: of each launch a few blocks run.
#include "large.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "launch.h"

namespace emulator {

bool large_case::draw(random_source& random) {
  arrangement a = dense(pass, {period + 1});
  for (std::size_t n = 0; n < pass.roles.size(); ++n) {
    if (pass.roles[n].of_channels && pass.roles[n].output) a.there[n] = false;
  }
  list = random_inputs(pass, a, random);
  const int element = bytes_of(pass.type);
  for (std::size_t n = 0; n < list.size(); ++n) {
    if (!pass.roles[n].output && !pass.roles[n].of_channels) {
      std::fill(list[n].end() - element, list[n].end(), 0);
    }
  }
  const auto outputs = run(pass, a, list);
  if (!outputs) return false;
  for (std::size_t n = 0; n < list.size(); ++n) {
    if (pass.roles[n].output) list[n] = (*outputs)[n];
  }
  return true;
}

std::string large_case::text() const {
  return pass.name + ", sizes " + emulator::text(size) + ", strides " + emulator::text(stride) +
         ", channels " + std::to_string(channel);
}

placed large_case::place(
    const std::function<std::int64_t(std::size_t, std::int64_t)>& index) const {
  memory::clear();
  const int element = bytes_of(pass.type);
  const std::int64_t count = channel < 0 ? 1 : size[static_cast<std::size_t>(channel)];
  placed p{size, {}, channel};
  for (std::size_t n = 0; n < pass.roles.size(); ++n) {
    const role& r = pass.roles[n];
    if (!r.of_channels) {
      const auto number = [this, index, n, element](std::int64_t place) {
        return &list[n][static_cast<std::size_t>(index(n, place) * element)];
      };
      p.tensors.push_back(r.output ? made_up_output(r.name, size, stride, element, number)
                                   : made_up_input(r.name, size, stride, element, number));
      continue;
    }
    const int what = r.output ? writable | readable_once_written : readable;
    tensor t = emulator::place(r.name, {count}, {element}, element, 0, what);
    for (std::int64_t c = 0; c < count; ++c) {
      char* to = t.data + c * element;
      r.output ? std::fill_n(to, element, 0) : std::copy_n(list[n].begin(), element, to);
    }
    t.stride.assign(size.size(), 0);
    if (channel >= 0) t.stride[static_cast<std::size_t>(channel)] = element;
    p.tensors.push_back(t);
  }
  return p;
}

void check_large(const elementwise_pass& pass, int effort) {
  random_source random(17);
  const std::int64_t e = bytes_of(pass.type), most = (std::int64_t{1} << 31) + 4099;
  const bool sums = pass.check_sums != nullptr;
  std::vector<large_case> all{
      {pass, {most}, {e}},                                            // one dense run
      {pass, {most}, {3 * e}},                                        // every third element
      {pass, {70001, 31001}, {e, 70003 * e}},                         // rows with a gap
      {pass, {3, 900000001}, {(std::int64_t{1} << 33) * e, 3 * e}}};  // strides of over 32 bits
  if (sums) {
    all[2].channel = 1;
    all[3].channel = 0;
    all.push_back({pass, {150000007, 3, 5}, dense_strides({150000007, 3, 5}, e), 1});
    all.push_back({pass, {1, 3, most}, {3 * e, e, 3 * e}, 1});  // more than 2³¹ rows
    if (effort > 1) {
      all.push_back({pass, {most * 16 / e}, {e}});               // as many vectors
      all.push_back({pass, {16 / e, 2, most}, {e, 32, 64}, 1});  // in rows with a gap
    }
  } else {
    all.push_back({pass, {5, 3, 150000007}, {150000007 * 3 * e, 150000007 * e, e}});  // transposed
  }
  for (std::size_t n = 0; n < all.size(); ++n) {
    large_case& one = all[n];
    // A block of sums has many elements: each type has some of the cases, all together have all.
    if (sums && effort == 1 && (n + static_cast<std::size_t>(pass.type)) % 3 != 0) continue;
    if (!one.draw(random)) return;
    if (sums) {
      check_large_sums(one);
      continue;
    }
    const auto p = one.place([](std::size_t, std::int64_t place) { return place % period; });
    how_to_launch.visit = visit_some;
    const int error = pass.launch(p);
    how_to_launch.visit = nullptr;
    in_order(one.text(), error);
  }
}

}  // namespace emulator
