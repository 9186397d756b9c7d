#pragma once
/// All that a header in ops/ includes. Like every header of the formula layer it opens no namespace
/// and is included inside that of an instruction set, after prelude.h and descriptor.h.
#include "jet.h"
#include "math/erf.h"
#include "math/exp.h"
#include "math/logistic.h"
#include "math/normal.h"
#include "math/root.h"
#include "math/scaled_argument.h"
#include "math/sigmoid.h"
#include "math/tanh.h"
#include "math/tanh_softplus.h"
#include "math/trigonometric.h"
