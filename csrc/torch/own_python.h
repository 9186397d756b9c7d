#pragma once
/// Names in Python for the autograd nodes of activations, of those too that come later.
#include "autograd.h"
#include "compatibility_python.h"
#include "own.h"

namespace nonlin {

inline void name_nodes(const Nodes& nodes) {
  for (int i = 0; i < derivatives; ++i) name_nodes(*nodes.types[i], nodes.names[i].c_str());
}

/// What Python does when activations have been added, or null.
inline PyObject* when_own_are_added = nullptr;

/// Names those of all activations that other libraries have added. Needs the lock of Python.
inline void name_own_nodes() {
  take_own_nodes(name_nodes);
  if (when_own_are_added == nullptr) return;
  PyObject* done = PyObject_CallNoArgs(when_own_are_added);
  done ? Py_DECREF(done) : PyErr_WriteUnraisable(when_own_are_added);
}

/// The same from now on: at once where the thread that loads such a library has the lock of Python,
/// which may wait for that thread otherwise, and then as soon as the main thread runs Python.
inline void follow_own_nodes() {
  announce_own_nodes([] {
    if (!Py_IsInitialized()) return;
    const auto in_main_thread = [](void*) { return name_own_nodes(), 0; };
    PyGILState_Check() ? name_own_nodes() : (void)Py_AddPendingCall(in_main_thread, nullptr);
  });
  name_own_nodes();
}

}  // namespace nonlin
