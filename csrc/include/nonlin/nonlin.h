#pragma once
/// Activation functions for LibTorch, differentiable to any order.
///
///   #include <nonlin/nonlin.h>
///   auto y = nonlin::mish(x);
///   torch::nn::Sequential net(torch::nn::Linear(64, 32), nonlin::nn::Mish(),
///                             torch::nn::Linear(32, 10));
///
/// functions.h alone needs ATen and no torch::nn, and compiles faster.
#include "functions.h"
#include "modules.h"
#include "version.h"
