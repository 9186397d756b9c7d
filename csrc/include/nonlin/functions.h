#pragma once
// Written by tools/api.
// clang-format off
/// The activations as functions on tensors.
///
/// Each takes a tensor of any layout, of type float64, float32, float16 or bfloat16, on the CPU or
/// on a CUDA device. f(self) returns a new tensor laid out like `self`; f_(self) writes `self`;
/// f_out(out, self) writes `out`, which must have the type of `self`, is resized when it must be,
/// and may be `self` where their shapes are equal, but not overlap it otherwise. All but f_out are
/// differentiable, in reverse and forward mode and to any order. Arguments are checked before
/// anything is written; what is refused raises c10::Error with the operator and the argument in its
/// message.
#include "functions/algebraic.h"
#include "functions/exponential.h"
#include "functions/gated.h"
#include "functions/groupwise.h"
#include "functions/parametric.h"
#include "functions/pointwise.h"
#include "functions/rectified.h"
#include "functions/saturating.h"
#include "functions/self_gated.h"
#include "functions/shrinkage.h"
#include "functions/special.h"
#include "version.h"
