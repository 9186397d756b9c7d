#pragma once
/// Activations that between them have every kernel template: what depends on a template alone is
/// tested on these. With `make emulate` all are.
#include <functional>
#include <vector>

#include "catalogue.h"
#include "effort.h"
#include "elementwise.h"

namespace emulator {

/// `probe` launches the kernels of one of them.
std::vector<int> representatives(const std::vector<int>& all,
                                 const std::function<void(int)>& probe);

/// What there is to choose from: of each activation the first setting, and with `make emulate` the
/// second, as a formula may have a second text, for its default parameters.
template <class Subject> std::vector<int> kernels(const std::vector<Subject>& all) {
  std::vector<int> list;
  for (const int n : activations(all)) {
    list.push_back(n);
    const auto next = static_cast<std::size_t>(n) + 1;
    if (all_is_run && next < all.size() && !all[next].first) list.push_back(n + 1);
  }
  return list;
}
template <class Subject> std::string name_of_kernels(const Subject& s) {
  return name_of_activation(s.name) + (s.first ? "" : "_with_other_numbers");
}

/// Asks for the kernels of a pass: of dense tensors, and of others.
void probe_arrangements(const elementwise_pass&);

}  // namespace emulator
