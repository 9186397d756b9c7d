#pragma once
/// What the families' registrations share.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <string>

namespace nonlin {

/// Operators work under torch.compile and torch.export; some are pointwise besides.
inline void define(torch::Library& m, const std::string& schema,
                   const std::vector<at::Tag>& tags = {at::Tag::pt2_compliant_tag}) {
  m.def(torch::schema(schema.c_str()), tags);
}

/// The operator by that name, for calls with this signature.
template <class Signature>
c10::TypedOperatorHandle<Signature> find(const std::string& name, const char* overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name.c_str(), overload).typed<Signature>();
}

/// Registers f(keys, op, arguments …) as the kernel of `name` on a dispatch key.
template <class Operators, class R, class... Arguments>
void implement(torch::Library& m, c10::DispatchKey key, const std::string& name,
               const Operators& op, R (*f)(c10::DispatchKeySet, const Operators&, Arguments...)) {
  m.impl(name.c_str(),
         torch::dispatch(key, [&op, f](c10::DispatchKeySet keys, Arguments... arguments) -> R {
           return f(keys, op, std::forward<Arguments>(arguments)...);
         }));
}

/// Registers a boxed batching rule.
template <c10::KernelFunction::BoxedKernelFunction* rule>
void implement_batching(torch::Library& m, const std::string& name) {
  m.impl(name.c_str(), torch::dispatch(c10::DispatchKey::FuncTorchBatched,
                                       torch::CppFunction::makeFromBoxedFunction<rule>()));
}

}  // namespace nonlin
