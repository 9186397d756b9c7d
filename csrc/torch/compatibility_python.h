#pragma once
/// Private interfaces of PyTorch that need Python: see compatibility.h.
#include <ATen/PythonTorchFunctionTLS.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/python_cpp_function.h>

#include <typeinfo>

namespace nonlin {

/// No mode, transform or tracer is active in this thread. Only torch.ops knows modes of
/// __torch_function__; the dispatcher would show a typed call to all others, but gain nothing
/// beside their own work.
inline bool no_mode_active() {
  const auto active = c10::impl::tls_local_dispatch_key_set().included_;
  return (active - c10::default_included_set).empty() && !at::impl::torch_function_mode_enabled();
}

/// Gives a class of autograd nodes its name in Python. The string lives as long as the interpreter.
inline void name_nodes(const std::type_info& nodes, const char* name) {
  using namespace torch::autograd;
  static PyGetSetDef properties[] = {THP_FUNCTION_DEFAULT_PROPERTIES, PyGetSetDef{}};
  PyGetSetDef* const first = properties;
  auto* type = new PyTypeObject{};  // lives as long as the interpreter, too
  _initFunctionPyTypeObject(*type, name, first, nullptr);
  registerCppFunction(nodes, type);
}

}  // namespace nonlin
