#pragma once
/// Calls of operators by their names, each behind a handle that is looked up once.
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <string>
#include <type_traits>

#include "../version.h"

namespace nonlin::detail {

/// A text as an argument of templates.
template <std::size_t n> struct text {
  char letters[n];
  consteval text(const char (&given)[n]) { std::copy_n(given, n, letters); }
};

/// As an operator takes what a function is given.
template <class T>
using argument =
    std::conditional_t<std::is_same_v<T, double>, const at::Scalar&,
                       std::conditional_t<std::is_same_v<T, at::Tensor>, const at::Tensor&, T>>;

template <class Signature>
auto find(const char* name, const char* ending = "", const char* overload = "") {
  const std::string full = std::string("nonlin::") + name + ending;
  return c10::Dispatcher::singleton()
      .findSchemaOrThrow(full.c_str(), overload)
      .template typed<Signature>();
}

template <text name, class Result = at::Tensor, class... T>
Result call(const at::Tensor& self, const T&... more) {
  static const auto op = find<Result(const at::Tensor&, argument<T>...)>(name.letters);
  return op.call(self, more...);
}
/// f_
template <text name, class... T> auto call_(at::Tensor& self, const T&... more) -> at::Tensor& {
  static const auto op = find<at::Tensor&(at::Tensor&, argument<T>...)>(name.letters, "_");
  return op.call(self, more...);
}
/// f.out
template <text name, class... T>
auto call_out(at::Tensor& out, const at::Tensor& self, const T&... more) -> at::Tensor& {
  static const auto op =
      find<at::Tensor&(const at::Tensor&, argument<T>..., at::Tensor&)>(name.letters, "", "out");
  return op.call(self, more..., out);
}

}  // namespace nonlin::detail
