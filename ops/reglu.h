#pragma once
#include "relu.h"

/// reglu(a, b) = relu(a)·b                       Shazeer 2020, arXiv 2002.05202
struct Reglu : with_gate<Relu> {};
