#pragma once
/// Operators f and f_ as functions of Python that call typed handles. What torch.ops does before
/// that for any operator, to choose an overload and to box arguments, takes longer than all the
/// rest of a call on a small tensor.
#include <pybind11/pybind11.h>
#include <torch/csrc/Exceptions.h>
#include <torch/csrc/autograd/python_variable.h>

#include "check.h"
#include "compatibility_python.h"
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

/// One operator. It steps aside, by returning None, wherever torch.ops could do anything but
/// compute: what to do then is a matter of its caller, which has checked nothing yet.
template <class Signature> class Function;
template <class Result, class... Arguments> class Function<Result(Arguments...)> {
 public:
  explicit Function(std::string name)
      : name_(std::move(name)),
        handle_(c10::Dispatcher::singleton()
                    .findSchemaOrThrow(("nonlin::" + name_).c_str(), "")
                    .typed<Result(Arguments...)>()) {
    const _PyCFunctionFast call = [](PyObject* self, PyObject* const* given, Py_ssize_t count) {
      const auto& function = *static_cast<Function*>(PyCapsule_GetPointer(self, nullptr));
      return function(given, count, std::index_sequence_for<Arguments...>{});
    };
    const auto untyped = reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call));
    method_ = {name_.c_str(), untyped, METH_FASTCALL,
               "The operator, with all arguments by position; None where it steps aside."};
  }

  py::object python() {
    return py::reinterpret_steal<py::object>(PyCFunction_New(&method_, py::capsule(this).ptr()));
  }

 private:
  template <std::size_t... I>
  PyObject* operator()(PyObject* const* given, Py_ssize_t count, std::index_sequence<I...>) const {
    HANDLE_TH_ERRORS
    std::tuple<std::remove_cvref_t<Arguments>...> values;
    if (count == sizeof...(I) && no_mode_active() &&
        (exactly(given[I], std::get<I>(values)) && ...)) {
      Tensor result;
      {
        const py::gil_scoped_release unlocked;
        result = handle_.call(std::get<I>(values)...);
      }
      return THPVariable_Wrap(std::move(result));
    }
    END_HANDLE_TH_ERRORS
    Py_RETURN_NONE;
  }

  std::string name_;
  c10::TypedOperatorHandle<Result(Arguments...)> handle_;
  PyMethodDef method_;
};

template <class Signature> void add(py::module_& m, const std::string& name) {
  auto& function = *new Function<Signature>(name);  // lives as long as the interpreter
  m.add_object(name.c_str(), function.python());
}

/// Adds f, and f_ where there is one, of every activation of a family.
template <class Family, class Entry>
void add_all(py::module_& m, const std::vector<Entry>& activations) {
  for (const Entry& entry : activations) {
    with_count<Family>(
        count_of<Family>(entry), [&]<std::size_t... C>(std::index_sequence<C...>) {
          add<signature<Family, kind::value, sizeof...(C)>>(m, entry.name);
          if constexpr (Family::in_place) {
            add<signature<Family, kind::in_place, sizeof...(C)>>(m, entry.name + std::string("_"));
          }
        });
  }
}

}  // namespace nonlin::direct
