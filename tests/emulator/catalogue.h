#pragma once
/// Every activation with CUDA kernels, by family: its units, what it is, and how far its kernels
/// may be off. The folder ops/ is the list; nothing here knows a name.
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "numbers.h"

namespace emulator {

template <class Function> using per_type = std::array<Function, nonlin::dtypes>;

/// A pointwise activation at a setting. References are long double, from the definition or, where
/// that is the same, from the formula's text in its plain meaning (tests/cpp/reals.h).
struct pointwise_subject {
  std::string name;
  bool first;  // of the activation's settings
  std::array<double, nonlin::max_parameters> parameters;
  const nonlin::pointwise::cuda_unit* unit;
  const nonlin::pointwise::cpu_unit* host;  // scalar
  /// f, f′ and f″, also their limits; the absolute error that each may have besides.
  std::function<std::array<real, 3>(real x)> exactly, slack;
  /// In units of the last place. Of float64 nothing is said: it has the bits of the host.
  per_type<std::array<real, 3>> bounds;
};
const std::vector<pointwise_subject>& pointwise_subjects();

/// An activation with a weight: f, f_x, f_w, f_xx, f_xw, f_ww.
struct parametric_subject {
  std::string name;
  const nonlin::parametric::cuda_unit* unit;
  const nonlin::parametric::cpu_unit* host;
  std::function<std::array<real, 6>(real x, real w)> exactly;
  per_type<std::function<std::array<real, 6>(real x, real w)>> slack;
  per_type<std::array<real, 6>> bounds;
};
const std::vector<parametric_subject>& parametric_subjects();

/// act(gate)·up at a setting of act: f, f′ and f″ of act, and what becomes of up, with its slope.
struct gated_subject {
  std::string name;
  bool first;
  std::array<double, nonlin::max_parameters> parameters;
  const nonlin::gated::cuda_unit* unit;
  const nonlin::gated::cpu_unit* host;
  std::function<std::array<real, 3>(real gate)> exactly, slack;
  std::function<std::array<real, 2>(double up)> of_up;
  /// Of act.
  per_type<std::array<real, 3>> bounds;
};
const std::vector<gated_subject>& gated_subjects();

struct groupwise_subject {
  std::string name;
  const nonlin::groupwise::cuda_unit* unit;
  std::function<bool(double best, double next)> replaces;
};
const std::vector<groupwise_subject>& groupwise_subjects();

/// Of each activation the first setting, by its number in a list of subjects.
template <class Subject> std::vector<int> activations(const std::vector<Subject>& all) {
  std::vector<int> list;
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (all[n].first) list.push_back(static_cast<int>(n));
  }
  return list;
}
/// Calls use(subject) for all settings of an activation.
template <class Subject, class Use>
void for_settings(const std::vector<Subject>& all, int first, const Use& use) {
  auto n = static_cast<std::size_t>(first);
  do {
    use(all[n++]);
  } while (n < all.size() && !all[n].first);
}
/// A subject's without its numbers, for names of tests.
std::string name_of_activation(const std::string& name);

}  // namespace emulator
