// The groupwise family: values and places, scatter and gather, against plain loops.
#include <gtest/gtest.h>

#include "catalogue.h"
#include "effort.h"
#include "elementwise.h"
#include "launch.h"

namespace emulator {
namespace {

using nonlin::groupwise::pass;
namespace slots = nonlin::groupwise;

/// Groups of k entries along `dim` of a tensor; `size` counts groups.
struct group_case {
  const groupwise_subject& s;
  pass which;
  dtype type;
  sizes size;
  int dim = 0, k = 1;
  bool has_index = true, merged = true;
  sizes groups{}, chosen{}, index{};  // strides
  int misalignment[3] = {};
  int element = bytes_of(type);

  std::string text() const {
    constexpr const char* names[] = {"value", "backward", "gather"};
    return s.name + ", " + names[static_cast<int>(which)] + ", " + name_of(type) + ", sizes " +
           emulator::text(size) + ", groups of " + std::to_string(k) + " along " +
           std::to_string(dim) + ", strides " + emulator::text(groups) + emulator::text(chosen) +
           emulator::text(index) + (merged ? "" : ", not merged");
  }
};

struct run_of_groups {
  const group_case& c;
  random_source& random;
  sizes all = c.size;  // of the tensor of groups
  tensor groups{}, chosen{}, index{};
  std::size_t element = static_cast<std::size_t>(c.element);

  void place_all() {
    memory::clear();
    all[static_cast<std::size_t>(c.dim)] *= c.k;
    const auto what = [](bool output) { return output ? writable : readable; };
    groups = place("groups", all, c.groups, c.element, c.misalignment[0],
                   what(c.which == pass::backward));
    chosen = place("chosen", c.size, c.chosen, c.element, c.misalignment[1],
                   what(c.which != pass::backward));
    if (c.has_index) {
      index = place("index", c.size, c.index, 1, c.misalignment[2], what(c.which == pass::value));
    }
  }
  /// Entries with ties, NaN and zeros of both signs, or any numbers; places inside of the group,
  /// and some outside.
  void fill() {
    const bool ties = random.once_in(2);
    const auto entry = [&] {
      if (!ties) return random.number(c.type);
      if (random.once_in(20)) return static_cast<double>(NAN);
      if (random.once_in(9)) return -0.;
      return static_cast<double>(random.between(-1, 1)) * (random.once_in(9) ? INFINITY : 1);
    };
    if (c.which != pass::backward) {
      for_elements(all, [&](const sizes& i) { encode(c.type, entry(), at(groups, i)); });
    } else {
      for_elements(c.size, [&](const sizes& i) { encode(c.type, entry(), at(chosen, i)); });
    }
    if (c.which == pass::value) return;
    for_elements(c.size, [&](const sizes& i) {
      *at(index, i) = static_cast<char>(random.once_in(12) ? random.between(0, 255)
                                                           : random.between(0, c.k - 1));
    });
  }
  int launch() {
    slots::job j{};
    sizes size = c.size, strides[] = {c.groups, c.chosen, c.index};
    strides[0][static_cast<std::size_t>(c.dim)] *= c.k;
    std::vector<sizes*> list{&strides[1]};
    if (c.has_index) list.push_back(&strides[2]);
    list.push_back(&strides[0]);
    if (c.merged) coalesce(size, list);
    j.rank = static_cast<int>(size.size());
    std::copy(size.begin(), size.end(), j.size);
    j.group = c.k;
    j.step = c.groups[static_cast<std::size_t>(c.dim)];
    const tensor* const tensors[] = {&groups, &chosen, &index};
    const int slot[] = {slots::groups, slots::chosen, slots::index};
    for (int t = 0; t < 3; ++t) {
      j.data[slot[t]] = tensors[t]->data;
      if (tensors[t]->data == nullptr) continue;
      std::copy(strides[t].begin(), strides[t].end(), j.stride[slot[t]]);
    }
    return c.s.unit->launch(c.which, c.type, j, nullptr);
  }

  char* entry(sizes i, int n) const {
    i[static_cast<std::size_t>(c.dim)] = i[static_cast<std::size_t>(c.dim)] * c.k + n;
    return at(groups, i);
  }
  int best(const sizes& i) const {
    int best = 0;
    for (int n = 1; n < c.k; ++n) {
      if (c.s.replaces(decoded(c.type, entry(i, best)), decoded(c.type, entry(i, n)))) best = n;
    }
    return best;
  }
  /// Null, or what is wrong with a group.
  const char* compare(const sizes& i) const {
    constexpr char zero[8] = {};
    const auto same = [&](const char* a, const char* b) { return std::memcmp(a, b, element) == 0; };
    if (c.which == pass::value) {
      const int place = best(i);
      if (c.has_index && static_cast<std::uint8_t>(*at(index, i)) != place) return "place";
      return same(at(chosen, i), entry(i, place)) ? nullptr : "entry";
    }
    const int place = static_cast<std::uint8_t>(*at(index, i));
    if (c.which == pass::gather) {
      return same(at(chosen, i), place < c.k ? entry(i, place) : zero) ? nullptr : "entry";
    }
    for (int n = 0; n < c.k; ++n) {
      if (!same(entry(i, n), n == place ? at(chosen, i) : zero)) return "entry";
    }
    return nullptr;
  }

  void check() {
    place_all();
    fill();
    how_to_launch.seed = static_cast<std::uint32_t>(random.between(0, 1 << 20));
    const int error = launch();
    how_to_launch.seed = 0;
    if (!in_order(c.text(), error)) return;
    bool good = true;
    for_elements(c.size, [&](const sizes& i) {
      if (!good) return;
      const char* wrong = compare(i);
      good = wrong == nullptr;
      EXPECT_TRUE(good) << c.text() << ": a wrong " << wrong << " at " << emulator::text(i);
    });
  }
};

struct maker {
  const groupwise_subject& s;
  pass which;
  dtype type;
  int k;
  random_source& random;
  int element = bytes_of(type), width = 16 / element;

  enum layout { dense, rows, repeated, any_of_them };

  /// Dense, with gaps behind each dimension but the last, with inputs that repeat along it, or in
  /// any strides; aligned or not.
  void one(const sizes& size, int dim, layout how, bool aligned, bool no_index = false) {
    group_case c{s, which, type, size, dim, k};
    c.has_index = which != pass::value || (!no_index && random.once_in(2));
    c.merged = !random.once_in(4);
    sizes all = size;
    all[static_cast<std::size_t>(dim)] *= k;
    const auto strides = [&](const sizes& of, int bytes, bool input) {
      if (how == any_of_them) {
        if (input && random.once_in(9)) return sizes(of.size());  // one entry for all
        return any_strides(random, of, bytes, input && random.once_in(4));
      }
      sizes stride = dense_strides(of, bytes);
      for (std::size_t d = 1; d < of.size() && how == rows; ++d)
        stride[d] = (stride[d - 1] * of[d - 1] + 31) / 16 * 16;
      if (how == repeated && input) stride[0] = 0;
      return stride;
    };
    c.groups = strides(all, element, which != pass::backward);
    c.chosen = strides(size, element, which == pass::backward);
    c.index = strides(size, 1, which != pass::value);
    for (int t = 0; t < 3 && !aligned; ++t) {
      const int bytes = t == 2 ? 1 : element;
      c.misalignment[t] = static_cast<int>(random.between(0, 16 / bytes - 1)) * bytes;
    }
    run_of_groups{c, random}.check();
  }

  void all(int effort) {
    // The last dimension, as it is most often; others inside and outside, as channels of images.
    for (std::int64_t n = 1; n <= 40; n += effort > 1 ? 1 : 5) {
      if (k > 30 && n % 4 != 1) continue;
      one({n}, 0, dense, true);
      if (random.once_in(3)) one({n}, 0, dense, false);
    }
    for (const std::int64_t n : {255, 256, 257, 1000, 2049}) {
      if (n * k > 20000) continue;
      one({n}, 0, dense, true);
      one({n}, 0, dense, false);
    }
    for (const std::int64_t inner : {1, 2, 3, 5, 8, 16, 17, 24, 49}) {
      if (inner * 6 * k > 20000 || (effort == 1 && inner % 2)) continue;
      one({inner, 2, 3}, 1, dense, true);
      if (random.once_in(3)) one({inner, 2, 3}, 1, dense, false);
    }
    // What no chance may leave out.
    one({40, 3}, 1, repeated, true, true);
    for (const int dim : {0, 1}) one({9, 3, 2}, dim, rows, true, true);
    for (const int dim : {0, 0, 0, 1, 1, 1}) {
      if (effort > 1) one({9, 7}, dim, rows, random.once_in(2));
      if (effort > 1) one({9, 7}, dim, any_of_them, random.once_in(2));
    }
    for (int i = 0; i < (k < 8 ? 14 : 7) * effort; ++i) any();
  }
  void any() {
    const auto rank = static_cast<std::size_t>(random.between(1, 4));
    sizes size;
    std::int64_t left = std::max<std::int64_t>(2, (random.once_in(6) ? 20000 : 5000) / k);
    while (size.size() < rank) {
      const std::int64_t most = std::clamp<std::int64_t>(left, 1, random.once_in(3) ? 300 : 12);
      size.push_back(random.once_in(60) ? 0 : random.between(1, most));
      left /= std::max<std::int64_t>(1, size.back());
    }
    std::shuffle(size.begin(), size.end(), random.generator);
    const auto dim = static_cast<int>(random.between(0, static_cast<std::int64_t>(rank) - 1));
    one(size, dim, random.once_in(2) ? dense : any_of_them, random.once_in(2));
  }
};

class Groupwise : public testing::TestWithParam<int> {};

void check_all(const groupwise_subject& s, pass which) {
  random_source random(21);
  for (const dtype type : types) {
    for (const int k : {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 64, 100, 255, 256}) {
      maker{s, which, type, k, random}.all(effort());
    }
  }
}
const groupwise_subject& subject(int n) {
  return groupwise_subjects()[static_cast<std::size_t>(n)];
}

TEST_P(Groupwise, Chooses) { check_all(subject(GetParam()), pass::value); }
TEST_P(Groupwise, Scatters) { check_all(subject(GetParam()), pass::backward); }
TEST_P(Groupwise, Gathers) { check_all(subject(GetParam()), pass::gather); }

INSTANTIATE_TEST_SUITE_P(Emulator, Groupwise,
                         testing::Range(0, static_cast<int>(groupwise_subjects().size())),
                         [](const auto& test) { return subject(test.param).name; });

}  // namespace
}  // namespace emulator
