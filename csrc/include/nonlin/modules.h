#pragma once
// Written by tools/api.
// clang-format off
/// The activations as modules, options and all as their namesakes in torch::nn have them:
///
///   nonlin::nn::ELU elu(torch::nn::ELUOptions().alpha(0.5).inplace(true));
///   torch::nn::Sequential net(torch::nn::Linear(8, 8), nonlin::nn::Mish(),
///                             torch::nn::Linear(8, 1));
///   nonlin::nn::Swish swish(nonlin::nn::SwishOptions().learnable(true));
#include "modules/algebraic.h"
#include "modules/exponential.h"
#include "modules/pointwise.h"
#include "modules/rectified.h"
#include "modules/saturating.h"
#include "modules/self_gated.h"
#include "modules/shrinkage.h"
#include "modules/special.h"
#include "modules/special_gated.h"
#include "modules/special_gated_mlp.h"
#include "modules/special_numbers.h"
