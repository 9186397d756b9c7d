#pragma once
#include <nonlin/formula.h>

#include "soft_sign.h"

/// soft_glu(a, b) = soft_sign(a)·b
struct SoftGlu : with_gate<SoftSign> {};
