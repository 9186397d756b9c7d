#pragma once
#include "gelu_tanh.h"

/// geglu_tanh(a, b) = gelu_tanh(a)·b             Shazeer 2020, arXiv 2002.05202
struct GegluTanh : with_gate<GeluTanh> {};
