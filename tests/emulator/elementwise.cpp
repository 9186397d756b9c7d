#include "elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "launch.h"
#include "runtime.h"

namespace emulator {

std::string what_is_wrong(int error) {
  const std::string fault = take_fault();
  if (!fault.empty()) return fault;
  return error != 0 ? "error " + std::to_string(error) : memory::unwritten();
}
bool in_order(const std::string& what, int error) {
  const std::string wrong = what_is_wrong(error);
  EXPECT_EQ(wrong, "") << what;
  return wrong.empty();
}

/// Whether a role lies in one memory with the next one.
static bool is_beside_next(const arrangement& a, std::size_t n) {
  return n < a.next.size() && a.next[n] != 0 && a.there[n] && a.there[n + 1];
}

std::string text(const elementwise_pass& pass, const arrangement& a) {
  std::string s = pass.name + ", sizes " + emulator::text(a.size);
  for (std::size_t r = 0; r < pass.roles.size(); ++r) {
    if (!a.there[r]) continue;
    s += ", " + pass.roles[r].name + " " + emulator::text(a.stride[r]) + " + " +
         std::to_string(a.misalignment[r]);
    if (is_beside_next(a, r)) s += " (the next one at " + std::to_string(a.next[r]) + ")";
  }
  if (a.channel >= 0) s += ", channels " + std::to_string(a.channel);
  return s + (a.merged ? "" : ", not merged") + (a.in_place ? ", in place" : "");
}

arrangement dense(const elementwise_pass& pass, const sizes& size, int channel) {
  const int element = bytes_of(pass.type);
  arrangement a{size, {}, std::vector<int>(pass.roles.size()), {}, channel};
  for (const role& r : pass.roles) {
    a.stride.push_back(r.of_channels ? sizes{channel < 0 ? 0 : element}
                                     : dense_strides(size, element));
    a.there.push_back(true);
  }
  return a;
}

namespace {

std::int64_t channels_of(const arrangement& a) {
  return a.channel < 0 ? 1 : a.size[static_cast<std::size_t>(a.channel)];
}
/// The stride of channels in every dimension.
sizes spread(const arrangement& a, std::int64_t stride) {
  sizes all(a.size.size());
  if (a.channel >= 0) all[static_cast<std::size_t>(a.channel)] = stride;
  return all;
}

placed merged(const elementwise_pass& pass, const arrangement& a, placed p) {
  std::vector<sizes*> strides;
  for (std::size_t r = 0; r < pass.roles.size(); ++r) {
    if (a.there[r] && !pass.roles[r].of_channels) strides.push_back(&p.tensors[r].stride);
  }
  p.channel = coalesce(p.size, strides, a.channel);
  for (std::size_t r = 0; r < pass.roles.size(); ++r) {
    if (!pass.roles[r].of_channels) continue;
    p.tensors[r].stride.assign(p.size.size(), 0);
    if (p.channel >= 0) p.tensors[r].stride[static_cast<std::size_t>(p.channel)] = a.stride[r][0];
  }
  return p;
}

}  // namespace

namespace {

/// Places the tensors and launches the kernels; says what goes wrong, or "".
std::string launch_on(const elementwise_pass& pass, const arrangement& a,
                      const std::vector<bytes>& inputs, placed& p) {
  memory::clear();
  const int element = bytes_of(pass.type);
  p = {a.size, std::vector<tensor>(pass.roles.size()), a.channel};
  const auto in_place = static_cast<std::size_t>(a.in_place ? pass.in_place : -1);
  for (std::size_t n = pass.roles.size(); n-- > 0;) {  // inputs first
    const role& r = pass.roles[n];
    if (!a.there[n]) continue;
    if (n == 0 && a.in_place) {
      p.tensors[0] = p.tensors[in_place];
      continue;
    }
    const sizes own = r.of_channels ? sizes{channels_of(a)} : a.size;
    const auto allowed = [&](std::size_t m) {
      return r.output ? writable : m == in_place ? readable | writable : readable;
    };
    if (n > 0 && is_beside_next(a, n - 1)) continue;
    if (is_beside_next(a, n)) {
      sizes both = own, strides = a.stride[n];
      both.push_back(2);
      strides.push_back(a.next[n]);
      p.tensors[n] = place(r.name, both, strides, element, a.misalignment[n], 0);
      p.tensors[n].stride = a.stride[n];
      p.tensors[n + 1] = {p.tensors[n].data + a.next[n], a.stride[n + 1]};
      permit(p.tensors[n], own, element, allowed(n));
      permit(p.tensors[n + 1], own, element, allowed(n + 1));
      if (!r.output) scatter(inputs[n + 1], p.tensors[n + 1], own, element);
    } else {
      p.tensors[n] = place(r.name, own, a.stride[n], element, a.misalignment[n], allowed(n));
    }
    if (!r.output) scatter(inputs[n], p.tensors[n], own, element);
    if (r.of_channels) p.tensors[n].stride = spread(a, a.stride[n][0]);
  }
  return what_is_wrong(pass.launch(a.merged ? merged(pass, a, p) : p));
}

}  // namespace

std::string attempt(const elementwise_pass& pass, const arrangement& a,
                    const std::vector<bytes>& inputs) {
  placed p;
  return launch_on(pass, a, inputs, p);
}

std::optional<std::vector<bytes>> run(const elementwise_pass& pass, const arrangement& a,
                                      const std::vector<bytes>& inputs) {
  placed p;
  const std::string wrong = launch_on(pass, a, inputs, p);
  EXPECT_EQ(wrong, "") << text(pass, a);
  if (!wrong.empty()) return {};
  const int element = bytes_of(pass.type);
  std::vector<bytes> outputs(pass.roles.size());
  for (std::size_t n = 0; n < pass.roles.size(); ++n) {
    const role& r = pass.roles[n];
    if (!r.output || !a.there[n]) continue;
    outputs[n] = r.of_channels
                     ? gathered({p.tensors[n].data, a.stride[n]}, {channels_of(a)}, element)
                     : gathered(p.tensors[n], a.size, element);
  }
  return outputs;
}

std::optional<std::vector<bytes>> run_plainly(const elementwise_pass& pass,
                                              const std::vector<bytes>& inputs) {
  const auto longest =
      std::max_element(inputs.begin(), inputs.end(),
                       [](const bytes& x, const bytes& y) { return x.size() < y.size(); });
  const auto count = static_cast<std::int64_t>(longest->size()) / bytes_of(pass.type);
  arrangement a = dense(pass, {count}, 0);
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    if (!pass.roles[n].output) a.there[n] = count == 0 || !inputs[n].empty();
  }
  return run(pass, a, inputs);
}

std::vector<bytes> random_inputs(const elementwise_pass& pass, const arrangement& a,
                                 random_source& random) {
  std::vector<bytes> all(pass.roles.size());
  const bool integers = random.once_in(2);
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (pass.roles[n].output || !a.there[n]) continue;
    const std::int64_t count = pass.roles[n].of_channels ? channels_of(a) : count_of(a.size);
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < count; ++i) {
      numbers.push_back(!pass.check_sums ? random.number(pass.type)
                        : integers       ? static_cast<double>(random.between(-2, 2))
                                         : random.uniform(-4, 4));
    }
    all[n] = encoded(pass.type, numbers);
  }
  return all;
}

/// Results of the same elements in one dense run, each with channels of its own.
static void compare_with_line(const elementwise_pass& pass, const arrangement& a,
                              std::vector<bytes> inputs, std::vector<bytes> found) {
  const auto element = static_cast<std::size_t>(bytes_of(pass.type));
  arrangement line = dense(pass, {count_of(a.size)}, 0);
  line.there = a.there;
  bool any = false;
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    any = any || (a.there[n] && pass.roles[n].output && !pass.roles[n].of_channels);
    if (!pass.roles[n].of_channels || !a.there[n]) continue;
    if (pass.roles[n].output) {
      line.there[n] = false;
      found[n].clear();
      continue;
    }
    bytes each;
    for_elements(a.size, [&](const sizes& index) {
      const auto c = a.channel < 0 ? 0 : static_cast<std::size_t>(index[a.channel]);
      each.insert(each.end(), &inputs[n][c * element], &inputs[n][c * element] + element);
    });
    inputs[n] = each;
  }
  if (!any) return;
  const auto expected = run(pass, line, inputs);
  EXPECT_TRUE(!expected || *expected == found) << text(pass, a) << ": not the bits of a dense run";
}

void check_arrangement(const elementwise_pass& pass, const arrangement& a, random_source& random) {
  auto inputs = random_inputs(pass, a, random);
  const auto element = static_cast<std::size_t>(bytes_of(pass.type));
  // What elements of one place share has to be the same in all of them.
  memory::clear();
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    if (inputs[n].empty() || pass.roles[n].of_channels) continue;
    const tensor t = place("", a.size, a.stride[n], static_cast<int>(element), 0, readable);
    scatter(inputs[n], t, a.size, static_cast<int>(element));
    inputs[n] = gathered(t, a.size, static_cast<int>(element));
  }
  const auto in_some_order = [&] {
    how_to_launch.seed = static_cast<std::uint32_t>(random.between(0, 1 << 20));
    auto outputs = run(pass, a, inputs);
    how_to_launch.seed = 0;
    return outputs;
  };
  const auto found = in_some_order();
  if (!found) return;
  if (pass.check_sums) {
    EXPECT_EQ(in_some_order(), found) << text(pass, a) << ": it depends on the order of threads";
    pass.check_sums(a, inputs, *found);
  }
  if (count_of(a.size) > 0) compare_with_line(pass, a, inputs, *found);
}

}  // namespace emulator
