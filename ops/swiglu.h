#pragma once
#include "swish.h"

/// swiglu(a, b) = swish(a)·b                     Shazeer 2020, arXiv 2002.05202
struct Swiglu : with_gate<Swish> {};
