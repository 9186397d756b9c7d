#pragma once
#include "sigmoid.h"

/// glu(a, b) = sigmoid(a)·b                      Dauphin et al. 2017, arXiv 1612.08083
struct Glu : with_gate<Sigmoid> {};
