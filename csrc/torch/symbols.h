#pragma once
/// Numbers of a call as tensors without dimensions, for expressions: a compiler may know a number
/// as a symbol only, and whoever reads that keeps the value of one call for all.
#include <ATen/core/Tensor.h>

#include "../descriptor.h"

namespace nonlin {

using SymbolMaker = at::Tensor (*)(const c10::Scalar&, at::ScalarType, at::Device);

/// The number in that type on that device.
NONLIN_EXPORT at::Tensor number_as_tensor(const c10::Scalar&, at::ScalarType, at::Device);

/// From now on `make` makes those of symbols. Dynamo turns a float that changes from call to call
/// into a tensor where all that uses it are operators that it knows, as Python calls them; else it
/// compiles anew for each value. `scalar_tensor` is none of them.
NONLIN_EXPORT void make_symbols_by(SymbolMaker make);

}  // namespace nonlin
