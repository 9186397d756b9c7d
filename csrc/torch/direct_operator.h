#pragma once
/// Operators behind typed handles, called with objects of Python.
#include <pybind11/pybind11.h>
#include <torch/csrc/autograd/python_variable.h>

#include <variant>

#include "check.h"
#include "operators.h"

namespace nonlin::direct {

namespace py = pybind11;

/// Each takes an argument of exactly its type, and says whether it was one.
inline bool exactly(PyObject* given, Tensor& value) {
  if (!THPVariable_CheckExact(given)) return false;  // a Parameter passes, other subclasses do not
  value = THPVariable_Unpack(given);
  // Of others the function that was called says in its name that it has no kernel.
  return kernel_type(value.scalar_type()) && value.layout() == c10::kStrided;
}
inline bool exactly(PyObject* given, std::int64_t& value) {
  if (!PyLong_CheckExact(given)) return false;
  int overflow = 0;
  value = PyLong_AsLongLongAndOverflow(given, &overflow);
  return overflow == 0;
}
inline bool exactly(PyObject* given, c10::Scalar& value) {
  if (PyFloat_CheckExact(given)) {
    value = PyFloat_AS_DOUBLE(given);
    return true;
  }
  std::int64_t integer = 0;
  if (!exactly(given, integer)) return false;
  value = integer;
  return true;
}

/// An argument of an operator: one of those that a function was given, or always the same object.
struct Source {
  std::size_t place;
  py::object fixed;
  PyObject* from(PyObject* const* given) const { return fixed ? fixed.ptr() : given[place]; }
};
using Sources = std::vector<Source>;

/// One operator with its three forms, behind an interface that knows objects of Python alone.
class Operator {
 public:
  virtual ~Operator() = default;
  /// Calls f_ where `in_place`, f.out where `out` is not null, and f elsewhere. Null where an
  /// argument is not exactly of its type, `out` of another dtype than the input, or there is no f_.
  virtual PyObject* call(PyObject* const* given, bool in_place, PyObject* out) const = 0;
};

template <class Family, std::size_t numbers, class = signature<Family, kind::value, numbers>>
class Typed;
template <class Family, std::size_t numbers, class... Arguments>
class Typed<Family, numbers, Tensor(Arguments...)> final : public Operator {
 public:
  Typed(const std::string& name, Sources sources)
      : sources_(std::move(sources)),
        value_(find<kind::value>(name, "")),
        out_(find<kind::out>(name, "out")) {
    if constexpr (Family::in_place) in_place_.emplace(find<kind::in_place>(name + "_", ""));
    if (sources_.size() != sizeof...(Arguments)) {
      throw py::type_error(name + " takes " + std::to_string(sizeof...(Arguments)) +
                           " arguments, got " + std::to_string(sources_.size()));
    }
  }

  PyObject* call(PyObject* const* given, bool in_place, PyObject* out) const override {
    return call(given, in_place, out, std::index_sequence_for<Arguments...>());
  }

 private:
  template <kind which> using Handle = c10::TypedOperatorHandle<signature<Family, which, numbers>>;
  template <kind which> static Handle<which> find(const std::string& name, const char* overload) {
    return c10::Dispatcher::singleton()
        .findSchemaOrThrow(name.c_str(), overload)
        .template typed<signature<Family, which, numbers>>();
  }

  template <std::size_t... I>
  PyObject* call(PyObject* const* given, bool in_place, PyObject* out,
                 std::index_sequence<I...>) const {
    if (in_place && !Family::in_place) return nullptr;
    std::tuple<std::remove_cvref_t<Arguments>...> values;
    if (!(exactly(sources_[I].from(given), std::get<I>(values)) && ...)) return nullptr;
    Tensor result;
    if (out != nullptr) {
      if (!exactly(out, result)) return nullptr;
      if (result.scalar_type() != std::get<0>(values).scalar_type()) return nullptr;
    }
    {
      const py::gil_scoped_release unlocked;
      if (out != nullptr) {
        out_.call(std::get<I>(values)..., result);
      } else if (!in_place) {
        result = value_.call(std::get<I>(values)...);
      } else if constexpr (Family::in_place) {
        result = in_place_->call(std::get<I>(values)...);
      }
    }
    return THPVariable_Wrap(std::move(result));
  }

  Sources sources_;
  Handle<kind::value> value_;
  Handle<kind::out> out_;
  std::conditional_t<Family::in_place, std::optional<Handle<kind::in_place>>, std::monostate>
      in_place_;
};

/// The operator of that name, of any family.
inline std::unique_ptr<Operator> operator_named(const std::string& name, const Sources& sources) {
  std::unique_ptr<Operator> found;
  const auto search = [&]<class Family>(Family, const auto& activations) {
    for (const auto& entry : activations) {
      if (name != entry.name) continue;
      with_count<Family>(
          count_of<Family>(entry), [&]<std::size_t... C>(std::index_sequence<C...>) {
            found = std::make_unique<Typed<Family, sizeof...(C)>>("nonlin::" + name, sources);
          });
    }
  };
  search(pointwise::family(), catalogue().pointwise);
  search(parametric::family(), catalogue().parametric);
  search(gated::family(), catalogue().gated);
  search(gated::packed_family(), catalogue().packed);
  search(groupwise::family(), catalogue().groupwise);
  if (found == nullptr) throw py::value_error("no operator is named \"" + name + "\"");
  return found;
}

}  // namespace nonlin::direct
