#include "representatives.h"

#include <set>

#include "runtime.h"

namespace emulator {
namespace {

/// Kernels are not run here: what is launched is noted, in order, without the first argument of
/// templates, which is the formula. So a formula whose dense tensors go another way is another
/// case.
std::vector<std::string> noted;

int note(program& p, std::uint32_t, std::uint32_t, void**) {
  std::string name = plain_name(p.name);
  const auto begin = name.find('<'), end = name.find(", ", begin);
  if (begin != name.npos && end != name.npos) name.erase(begin + 1, end + 1 - begin);
  noted.push_back(std::to_string(noted.size()) + name);
  return 0;
}

}  // namespace

std::vector<int> representatives(const std::vector<int>& all,
                                 const std::function<void(int)>& probe) {
  if (all_is_run) return all;
  std::vector<int> chosen;
  std::set<std::string> known;
  launch_instead = note;
  for (const int n : all) {
    noted.clear();
    probe(n);
    const std::size_t before = known.size();
    known.insert(noted.begin(), noted.end());
    if (known.size() > before) chosen.push_back(n);
  }
  launch_instead = nullptr;
  memory::clear();
  take_launches();
  take_fault();
  return chosen;
}

void probe_arrangements(const elementwise_pass& pass) {
  const int element = bytes_of(pass.type);
  const auto launch = [&](const sizes& stride) {
    placed p{{5, 3}, {}, -1};
    for (const role& r : pass.roles) {
      p.tensors.push_back(place(r.name, p.size, stride, element, 0, readable));
      if (r.of_channels) p.tensors.back().stride = {0, 0};
    }
    pass.launch(p);
  };
  launch(dense_strides({5, 3}, element));
  launch({element, 7 * element});
}

}  // namespace emulator
