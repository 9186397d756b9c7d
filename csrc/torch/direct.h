#pragma once
/// The short way of functions of Python to their operators. What torch.ops does before that for any
/// operator, to choose an overload and to box arguments, takes longer than all the rest of a call
/// on a small tensor.
#include <torch/csrc/Exceptions.h>

#include "compatibility_python.h"
#include "direct_operator.h"

namespace nonlin::direct {

/// A function that takes all of its arguments by position. It steps aside wherever torch.ops could
/// do anything but compute, and leaves the call, of which nothing was checked yet, to
/// `aside(function, *given)`.
class Function {
 public:
  /// One operator, and which of the arguments must be integers, be None or equal a text, for it.
  struct Way {
    std::unique_ptr<Operator> to;
    std::vector<std::pair<std::size_t, py::object>> only;

    bool is_for(PyObject* const* given) const {
      return std::all_of(only.begin(), only.end(), [&](const auto& each) {
        PyObject *const value = given[each.first], *const wanted = each.second.ptr();
        std::int64_t integer = 0;
        if (wanted == Py_None) return value == Py_None;
        if (PyType_Check(wanted)) return exactly(value, integer);
        return PyUnicode_CheckExact(value) && PyUnicode_Compare(value, wanted) == 0;
      });
    }
  };

  /// Takes `count` arguments, among which `inplace`, which may be missing, and `out` have places.
  Function(py::object function, py::object aside, std::vector<Way> ways, std::size_t count,
           std::optional<std::size_t> inplace, std::size_t out)
      : name_(py::cast<std::string>(function.attr("__name__"))),
        function_(std::move(function)),
        aside_(std::move(aside)),
        ways_(std::move(ways)),
        count_(count),
        inplace_(inplace),
        out_(out) {
    const _PyCFunctionFast call = [](PyObject* self, PyObject* const* given, Py_ssize_t n) {
      const auto& to = *static_cast<Function*>(PyCapsule_GetPointer(self, nullptr));
      PyObject* const done = to(given, static_cast<std::size_t>(n));
      if (done != nullptr || PyErr_Occurred() != nullptr) return done;
      c10::SmallVector<PyObject*, 12> all{to.function_.ptr()};
      all.append(given, given + n);
      return PyObject_Vectorcall(to.aside_.ptr(), all.data(), all.size(), nullptr);
    };
    const auto untyped = reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call));
    method_ = {name_.c_str(), untyped, METH_FASTCALL, "An operator, all arguments by position."};
  }

  py::object python() {
    return py::reinterpret_steal<py::object>(PyCFunction_New(&method_, py::capsule(this).ptr()));
  }

 private:
  /// Null with no error set: it steps aside.
  PyObject* operator()(PyObject* const* given, std::size_t count) const {
    HANDLE_TH_ERRORS
    TORCH_CHECK_TYPE(count == count_, name_, " takes ", count_, " arguments, got ", count);
    PyObject* const inplace = inplace_ ? given[*inplace_] : Py_False;
    PyObject* const out = given[out_] == Py_None ? nullptr : given[out_];
    const bool one_form = inplace == Py_False || (inplace == Py_True && out == nullptr);
    if (one_form && no_mode_active()) {
      for (const Way& way : ways_) {
        if (!way.is_for(given)) continue;
        if (PyObject* done = way.to->call(given, inplace == Py_True, out)) return done;
      }
    }
    return nullptr;
    END_HANDLE_TH_ERRORS
  }

  std::string name_;
  py::object function_, aside_;
  std::vector<Way> ways_;
  std::size_t count_;
  std::optional<std::size_t> inplace_;
  std::size_t out_;
  PyMethodDef method_;
};

/// Gives `direct` the short way of a function. For each operator: its name; where its arguments
/// come from, which is a place among those of the function or one object; and what it is only for.
using Given =
    std::tuple<std::string, std::vector<std::variant<std::size_t, std::tuple<py::object>>>,
               std::vector<std::pair<std::size_t, py::object>>>;
inline void add(py::module_ direct, py::object function, py::object aside,
                const std::vector<Given>& operators, std::size_t count,
                std::optional<std::size_t> inplace, std::size_t out) {
  std::vector<Function::Way> ways;
  for (const auto& [name, arguments, only] : operators) {
    Sources sources;
    for (const auto& argument : arguments) {
      const auto* place = std::get_if<std::size_t>(&argument);
      sources.push_back(place ? Source{*place, {}} : Source{0, std::get<0>(std::get<1>(argument))});
    }
    ways.push_back({operator_named(name, sources), only});
  }
  // Lives as long as the interpreter.
  auto* to = new Function(function, std::move(aside), std::move(ways), count, inplace, out);
  direct.attr(function.attr("__name__")) = to->python();
}

}  // namespace nonlin::direct
