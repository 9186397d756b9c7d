#pragma once
/// The lanes of a GPU, and what functions cost less there.
#include "gpu_lane.h"
//
#include "../math/gpu/estimates.h"
