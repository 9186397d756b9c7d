#pragma once
/// The lanes of a GPU, and what functions cost less there.
#include "gpu_lane.h"
//
#include "../math/gpu/estimates.h"
#include "../math/gpu/scaled_argument.h"
#include "../math/gpu/tanh_softplus.h"
