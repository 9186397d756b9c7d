/// The module nonlin._C: what Python cannot know from the operators alone, and a short way to call
/// them.
#include <ATen/ops/ones.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <torch/csrc/utils/pybind.h>

#include "autograd.h"
#include "build_facts.h"
#include "direct.h"
#include "instruction_set.h"
#include "own_python.h"

namespace py = pybind11;
namespace nonlin {
namespace {

/// One by that name that this processor can run.
instruction_set usable(const std::string& name) {
  for (int i = 0; i < 3; ++i) {
    const auto set = static_cast<instruction_set>(i);
    if (name == name_of(set)) return nonlin::usable(set);
  }
  throw py::value_error("instruction set must be \"scalar\", \"avx2\" or \"avx512\", got \"" +
                        name + "\"");
}

/// The entry of that name, or null.
template <class Entry> const Entry* named(const std::string& name, const std::vector<Entry>& list) {
  for (const auto& a : list) {
    if (name == a.unit->name) return &a;
  }
  return nullptr;
}

const pointwise::Entry& pointwise_named(const std::string& name) {
  const auto* a = named(name, catalogue().pointwise);
  if (a == nullptr) throw py::value_error("no pointwise operator is named \"" + name + "\"");
  return *a;
}

/// Which of the members of a jet it is.
int member_named(const std::string& name, const std::vector<std::string>& members) {
  std::string list;
  for (const auto& member : members) {
    if (name == member) return static_cast<int>(&member - members.data());
    list += (list.empty() ? "\"" : ", \"") + member + "\"";
  }
  throw py::value_error("member must be one of " + list + ", got \"" + name + "\"");
}
int jet_member(const std::string& name) {
  return member_named(name, {"value", "slope", "curvature"});
}

/// The parameters given, or the defaults.
Parameters parameters_of(const pointwise::descriptor& unit, const std::vector<double>& given) {
  const auto& [list, count] = std::tie(unit.cpu[0]->parameters, unit.cpu[0]->parameter_count);
  if (!given.empty() && given.size() != static_cast<std::size_t>(count)) {
    throw py::value_error(std::string(unit.name) + " has " + std::to_string(count) +
                          " parameters, got " + std::to_string(given.size()));
  }
  Parameters values{};
  for (int i = 0; i < count; ++i) values[i] = given.empty() ? list[i].value : given[i];
  return values;
}

/// Calls f(family, activation) for all.
template <class F> void each_activation(F f) {
  for (const auto& a : catalogue().pointwise) f("pointwise", a);
  for (const auto& a : catalogue().parametric) f("parametric", a);
  for (const auto& a : catalogue().gated) f("gated", a);
  for (const auto& a : catalogue().groupwise) f("groupwise", a);
}

py::dict build_info() {
  py::dict info;
  for (const auto& [name, value] : build_facts) info[name] = value;
  py::list compiled;
  for (int i = 0; i < 3; ++i) {
    const auto set = static_cast<instruction_set>(i);
    if (is_compiled(set)) compiled.append(name_of(set));
  }
  info["instruction_sets"] = compiled;
  return info;
}

py::list operators() {
  py::list list;
  each_activation([&](const char* family, const auto& a) {
    py::list parameters;
    if constexpr (requires { a.unit->cpu[0]->parameter_count; }) {
      for (int i = 0; i < a.unit->cpu[0]->parameter_count; ++i) {
        const parameter_info& p = a.unit->cpu[0]->parameters[i];
        parameters.append(py::make_tuple(p.name, p.value));
      }
    }
    py::dict entry;
    entry["name"] = a.unit->name;
    entry["family"] = family;
    entry["parameters"] = parameters;
    list.append(entry);
  });
  return list;
}

template <class T>
py::array evaluate_as(const pointwise::cpu_unit& unit, dtype type, int member,
                      const py::array& input, const Parameters& parameters) {
  const py::array_t<T, py::array::c_style | py::array::forcecast> x(input);
  py::array_t<T> result(x.size()), unused(x.size());
  const T one = 1;
  // The tensors of each pass, and of these the ones that hold one element for all.
  void *in = const_cast<T*>(x.data()), *unity = const_cast<T*>(&one), *out = result.mutable_data(),
       *other = unused.mutable_data();
  const std::vector<void*> tensors[] = {
      {out, in}, {out, unity, in}, {other, out, unity, unity, in}};
  pointwise::operands all{};
  all.rank = 1;
  all.size[0] = x.size();
  int i = 0;
  for (void* tensor : tensors[member]) {
    all.data[i] = tensor;
    all.stride[i++][0] = tensor == unity ? 0 : sizeof(T);
  }
  unit.at[member][static_cast<int>(type)](parameters.data(), all, 0, x.size());
  return result;
}

py::array evaluate(const std::string& op, const std::string& member, const py::array& x,
                   const std::vector<double>& parameters, const std::optional<std::string>& set) {
  const pointwise::descriptor& unit = *pointwise_named(op).unit;
  const instruction_set chosen = set ? usable(*set) : current_instruction_set();
  const pointwise::cpu_unit& cpu = *unit.cpu[static_cast<int>(chosen)];
  const Parameters values = parameters_of(unit, parameters);
  if (py::isinstance<py::array_t<float>>(x)) {
    return evaluate_as<float>(cpu, dtype::float32, jet_member(member), x, values);
  }
  if (py::isinstance<py::array_t<double>>(x)) {
    return evaluate_as<double>(cpu, dtype::float64, jet_member(member), x, values);
  }
  throw py::type_error("x must be a numpy array of float32 or float64");
}

at::Tensor expression(const std::string& op, const std::string& member, const at::Tensor& x,
                      const std::vector<double>& parameters) {
  const pointwise::Entry& a = pointwise_named(op);
  const Parameters values = parameters_of(*a.unit, parameters);
  const c10::SmallVector<c10::Scalar, max_parameters> numbers(values.begin(), values.end());
  return a.derivative(jet_member(member), x, Numbers(numbers));
}

at::Tensor parametric_expression(const std::string& op, const std::string& member,
                                 const at::Tensor& x, const at::Tensor& weight) {
  const auto* a = named(op, catalogue().parametric);
  if (a == nullptr) throw py::value_error("no parametric operator is named \"" + op + "\"");
  return a->member(member_named(member, {"value", "x", "w", "xx", "xw", "ww"}), x, weight);
}

/// 1·number, as Python multiplies.
at::Tensor tensor_of_symbol(const c10::Scalar& number, at::ScalarType type, at::Device device) {
  const py::gil_scoped_acquire lock;
  const py::object one = py::cast(at::ones({}, at::dtype(type).device(device)));
  return py::cast<at::Tensor>(one * py::cast(number));
}

/// Gives every class of autograd nodes its name in Python. Without it AOTAutograd takes them for
/// custom functions and does not see that an in-place operator returns its input.
void register_nodes() {
  each_activation([&](const char*, const auto& a) { name_nodes(*a.nodes); });
  for (const auto& a : catalogue().packed) name_nodes(*a.nodes);
  follow_own_nodes();
}

}  // namespace

// What changes here is behind a mutex or atomic. All the same a free-threaded interpreter turns its
// lock on when it loads the module: py::mod_gil_not_used() is for what was tested there.
PYBIND11_MODULE(_C, m) {
  m.doc() = "What the compiled library tells about itself.";
  register_nodes();
  make_symbols_by(&tensor_of_symbol);
  const auto direct = m.def_submodule("direct", "Functions of Python, to call by position.");
  m.def(
      "add_direct",
      [direct](const py::object& function, const py::object& aside,
               const std::vector<direct::Given>& operators, std::size_t count,
               std::optional<std::size_t> inplace, std::size_t out) {
        direct::add(direct, function, aside, operators, count, inplace, out);
      },
      "Gives `direct` the short way of a function: see csrc/torch/direct.h.");
  m.def("name_own_nodes", &name_own_nodes,
        "Names the autograd nodes of activations that other libraries have added.");
  m.def("own_activations", &own_activations, "Those of other libraries, as library::name.");
  m.def(
      "when_own_are_added",
      [](const py::object& action) { when_own_are_added = action.inc_ref().ptr(); },
      "Calls it whenever there are more of them.");
  m.def(
      "catch_own_failures", &catch_own_failures,
      "Until own_failure(), an activation that cannot be added leaves a message and no exception.");
  m.def("own_failure", &own_failure, "The message, or \"\".");
  m.def("build_info", &build_info,
        "Versions, compiler, instruction sets and CUDA architectures of this build.");
  m.def("operators", &operators,
        "Every activation: its name, its family, and names and defaults of its parameters.");
  m.def(
      "instruction_set", [] { return name_of(current_instruction_set()); },
      "The CPU instruction set in use: \"scalar\", \"avx2\" or \"avx512\".");
  m.def(
      "set_instruction_set",
      [](const std::optional<std::string>& name) {
        force_instruction_set(name ? std::optional(usable(*name)) : std::nullopt);
      },
      py::arg("name").none(true),
      "Forces an instruction set in this process; None returns to what ATEN_CPU_CAPABILITY "
      "allows.");
  m.def("evaluate", &evaluate, py::arg("operator"), py::arg("member"), py::arg("x"),
        py::arg("parameters") = std::vector<double>{}, py::arg("instruction_set") = py::none(),
        "The formula itself on an array: its \"value\", \"slope\" or \"curvature\".");
  m.def("expression", &expression, py::arg("operator"), py::arg("member"), py::arg("x"),
        py::arg("parameters") = std::vector<double>{},
        "The same by PyTorch's own operators, as derivatives beyond the second use them.");
  m.def("parametric_expression", &parametric_expression, py::arg("operator"), py::arg("member"),
        py::arg("x"), py::arg("weight"),
        "The same of a parametric operator: its \"value\", \"x\", \"w\", \"xx\", \"xw\" or "
        "\"ww\", where the weight broadcasts with x.");
}

}  // namespace nonlin
