#pragma once
/// unit_of<F, Lane>(): what a translation unit exports of a formula. The shape of its call operator
/// is its family.
#include "gated.h"
#include "groupwise.h"
#include "loop.h"
#include "parametric.h"
