#include "own.h"

#include <nonlin/version.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "autograd.h"
#include "families.h"
#include "gated/family.h"
#include "groupwise/family.h"
#include "instruction_set.h"
#include "parametric/family.h"
#include "pointwise/family.h"

namespace nonlin {
namespace {

/// Nodes need a C++ type for each activation (autograd.h), and there is none for what comes later
/// but these. Who comes after the last shares its types, and in Python the name of its classes.
template <int> struct Reserved {};
constexpr int reserved = 16;
using MakeNodes = Nodes (*)(const char* name, const char* last);
constexpr auto make_reserved = []<int... i>(std::integer_sequence<int, i...>) {
  return std::array<MakeNodes, reserved>{make_nodes<Reserved<i>>...};
}
(std::make_integer_sequence<int, reserved>());

struct State {
  std::mutex mutex;
  int activations = 0;
  std::vector<const Nodes*> nodes;
  std::vector<std::string> names;
  std::atomic<void (*)()> wake{nullptr};
  bool catches = false;
  std::string failure;
};
/// Libraries may add activations before the static initialisers of this file have run.
State& state() {
  static State& everlasting = *new State;
  return everlasting;
}

const Nodes& new_nodes(const char* name, const char* last) {
  State& s = state();
  const std::lock_guard lock(s.mutex);
  const auto make = make_reserved[std::min(s.activations++, reserved - 1)];
  s.nodes.push_back(new Nodes(make(name, last)));
  return *s.nodes.back();
}

template <class Unit> const Unit* nearest(const Unit* const (&of)[3], int set) {
  for (int i = set; i >= 0; --i) {
    if (of[i]) return of[i];
  }
  for (int i = set + 1; i < 3; ++i) {
    if (of[i]) return (usable(static_cast<instruction_set>(i)), of[i]);
  }
  return nullptr;
}

template <class Family>
void add_checked(const char* library, const char* version, typename Family::Entry entry) {
  TORCH_CHECK(std::string(version) == nonlin::version(), library, "::", entry.name,
              " was compiled for nonlin ", version, ", but this is nonlin ", nonlin::version(),
              "; compile it again");
  auto unit = *entry.unit;
  for (int set = 0; set < 3; ++set) unit.cpu[set] = nearest(entry.unit->cpu, set);
  TORCH_CHECK(unit.cpu[0], library, "::", entry.name, " has no kernels for this processor");
  if (!&Family::run_cuda) unit.cuda = nullptr;  // this library was built without CUDA
  // Never destroyed: operators refer to them for as long as the process runs.
  auto& added = *new typename Family::Entry(entry);
  added.unit = new auto(unit);
  added.nodes = &new_nodes(entry.name, entry.last_derivative);
  auto registry = std::make_unique<torch::Library>(torch::Library::FRAGMENT, library, std::nullopt,
                                                   __FILE__, __LINE__);
  register_operators(*registry, added, library);
  registry.release();  // what it registered stays
  {
    const std::lock_guard lock(state().mutex);
    state().names.push_back(std::string(library) + "::" + entry.name);
  }
  if (const auto wake = state().wake.load()) wake();
}

/// This runs while a library is loaded, where an exception would end the process.
template <class Family>
void add(const char* library, const char* version, typename Family::Entry entry) {
  try {
    add_checked<Family>(library, version, entry);
  } catch (const std::exception& error) {
    if (!state().catches) throw;
    const auto* ours = dynamic_cast<const c10::Error*>(&error);
    state().failure = ours ? ours->what_without_backtrace() : error.what();
  }
}

}  // namespace

void add_own(const char* library, const char* version, pointwise::Entry entry) {
  add<pointwise::Family>(library, version, entry);
}
void add_own(const char* library, const char* version, parametric::Entry entry) {
  add<parametric::Family>(library, version, entry);
}
void add_own(const char* library, const char* version, gated::Entry entry) {
  add<gated::Family>(library, version, entry);
  add<gated::PackedFamily>(library, version, gated::PackedEntry(entry));
}
void add_own(const char* library, const char* version, groupwise::Entry entry) {
  add<groupwise::Family>(library, version, entry);
}

void take_own_nodes(void (*take)(const Nodes&)) {
  std::vector<const Nodes*> taken;
  {
    const std::lock_guard lock(state().mutex);
    taken.swap(state().nodes);
  }
  for (const Nodes* nodes : taken) take(*nodes);
}
std::vector<std::string> own_activations() {
  const std::lock_guard lock(state().mutex);
  return state().names;
}
void catch_own_failures() {
  state().catches = true;
  state().failure.clear();
}
std::string own_failure() {
  state().catches = false;
  return state().failure;
}
void announce_own_nodes(void (*wake)()) { state().wake = wake; }

}  // namespace nonlin
