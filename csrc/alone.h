#pragma once
/// For a header of the formula layer that is compiled alone, by an editor or a test. Units include
/// prelude.h and descriptor.h before it, and then this does nothing.
#if !defined(NONLIN_PRELUDE)
#define NONLIN_ALONE
#include "descriptor.h"
using namespace nonlin;
#endif
