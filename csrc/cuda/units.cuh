#pragma once
/// unit_of<F>(): what a translation unit exports of a formula. The shape of its call operator is
/// its family.
#include "gated.cuh"
#include "groupwise.cuh"
#include "parametric.cuh"
#include "pointwise.cuh"
