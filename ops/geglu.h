#pragma once
#include "gelu.h"

/// geglu(a, b) = gelu(a)·b                       Shazeer 2020, arXiv 2002.05202
struct Geglu : with_gate<Gelu> {};
