#pragma once
#include <c10/core/DispatchKeySet.h>

namespace nonlin {

template <class Operators, class Signature> struct kernel_for;
template <class Operators, class R, class... Arguments>
struct kernel_for<Operators, R(Arguments...)> {
  using type = R (*)(c10::DispatchKeySet, const Operators&, Arguments...);
};
/// A kernel of an operator with that signature. It is given the dispatch keys and the operators of
/// its activation besides.
template <class Operators, class Signature>
using KernelFor = typename kernel_for<Operators, Signature>::type;

}  // namespace nonlin
