// Groups in tensors of more than 2³¹ elements: of each launch a few blocks run.
#include <gtest/gtest.h>

#include "catalogue.h"
#include "elementwise.h"
#include "launch.h"
#include "made_up.h"

namespace emulator {
namespace {

using nonlin::groupwise::pass;
namespace slots = nonlin::groupwise;

/// Groups of k entries along `dim`; sizes count groups. Numbers and places repeat after a while.
struct large_groups {
  const groupwise_subject& s;
  dtype type;
  int k, dim;
  sizes size, groups, chosen;  // strides: of the tensor of groups from entry to entry
  static constexpr std::int64_t period = 1021;
  int element = bytes_of(type);
  bytes numbers{}, places{};

  void draw() {
    random_source random(23);
    std::vector<double> list;
    for (std::int64_t n = 0; n < period; ++n) {
      list.push_back(random.once_in(2) ? random.number(type)
                                       : static_cast<double>(random.between(-1, 1)));
      places.push_back(static_cast<char>(random.once_in(12) ? random.between(0, 255)
                                                            : random.between(0, k - 1)));
    }
    numbers = encoded(type, list);
  }

  sizes all() const {
    sizes a = size;
    a[static_cast<std::size_t>(dim)] *= k;
    return a;
  }
  std::int64_t inner() const { return count_of({size.begin(), size.begin() + dim}); }
  const char* number(std::int64_t place) const { return &numbers[place % period * element]; }
  /// Entry `n` of a group, both by their places in their tensors.
  const char* entry(std::int64_t group, std::int64_t n) const {
    return number((group / inner() * k + n) * inner() + group % inner());
  }
  const char* place_in(std::int64_t group) const { return &places[group % period]; }
  int place_of(std::int64_t group) const { return static_cast<std::uint8_t>(*place_in(group)); }
  int best(std::int64_t group) const {
    int best = 0;
    for (int n = 1; n < k; ++n) {
      const auto value = [&](int at) { return decoded(type, entry(group, at)); };
      if (s.replaces(value(best), value(n))) best = n;
    }
    return best;
  }

  std::string check(pass which) const {
    static constexpr char zero[8] = {};
    static char best_place;
    memory::clear();
    const auto of_groups = [&](std::int64_t place) {
      if (which != pass::backward) return number(place);
      const std::int64_t n = place / inner() % k,
                         group = place / inner() / k * inner() + place % inner();
      return n == place_of(group) ? number(group) : zero;
    };
    const auto of_chosen = [&](std::int64_t group) {
      if (which == pass::backward) return number(group);
      if (which == pass::value) return entry(group, best(group));
      return place_of(group) < k ? entry(group, place_of(group)) : zero;
    };
    const auto of_index = [&](std::int64_t group) {
      if (which != pass::value) return place_in(group);
      best_place = static_cast<char>(best(group));
      return static_cast<const char*>(&best_place);
    };
    sizes index = chosen;
    for (std::int64_t& stride : index) stride /= element;
    const auto make = [&](bool output) { return output ? made_up_output : made_up_input; };
    const tensor tensors[] = {
        make(which == pass::backward)("groups", all(), groups, element, of_groups),
        make(which != pass::backward)("chosen", size, chosen, element, of_chosen),
        make(which == pass::value)("index", size, index, 1, of_index)};
    slots::job j{};
    j.rank = static_cast<int>(size.size());
    std::copy(size.begin(), size.end(), j.size);
    j.group = k;
    j.step = groups[static_cast<std::size_t>(dim)];
    for (int t = 0; t < slots::slots; ++t) {
      j.data[t] = tensors[t].data;
      std::copy(tensors[t].stride.begin(), tensors[t].stride.end(), j.stride[t]);
    }
    j.stride[slots::groups][dim] *= k;
    how_to_launch.visit = visit_some;
    const int error = s.unit->launch(which, type, j, nullptr);
    how_to_launch.visit = nullptr;
    return what_is_wrong(error);
  }
};

class LargeGroups : public testing::TestWithParam<int> {};

TEST_P(LargeGroups, AreFound) {
  const groupwise_subject& s = groupwise_subjects()[static_cast<std::size_t>(GetParam())];
  for (const dtype type : types) {
    const std::int64_t e = bytes_of(type), most = (std::int64_t{1} << 31) + 4099;
    const sizes rows{70001, 31001}, images{50021, 7, 6151};
    large_groups all[] = {
        {s, type, 2, 0, {most}, {e}, {e}},                      // more groups
        {s, type, 256, 0, {most / 256 + 1}, {e}, {e}},          // more entries alone
        {s, type, 5, 0, {most}, {3 * e}, {2 * e}},              // in strides
        {s, type, 3, 1, rows, {e, 70016 * e}, {e, 70016 * e}},  // rows with a gap
        {s, type, 4, 1, images, dense_strides({50021, 28, 6151}, e), dense_strides(images, e)}};
    for (large_groups& one : all) {
      one.draw();
      for (const pass which : {pass::value, pass::backward, pass::gather}) {
        EXPECT_EQ(one.check(which), "") << s.name << ", " << name_of(type) << ", sizes "
                                        << text(one.size) << ", groups of " << one.k;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Emulator, LargeGroups,
                         testing::Range(0, static_cast<int>(groupwise_subjects().size())),
                         [](const auto& test) {
                           return groupwise_subjects()[static_cast<std::size_t>(test.param)].name;
                         });

}  // namespace
}  // namespace emulator
