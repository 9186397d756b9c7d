#pragma once
/// The lanes of a header that is compiled alone: scalar ones. A unit has its own.
#if defined(NONLIN_ALONE)
#include "scalar.h"
#include "scalar_double.h"
#endif
