#pragma once
/// All that the header of an activation of your own includes: nonlin_add_activation in CMake and
/// nonlin.load_activation in Python compile it. docs/own-activation.md says what it has to declare.
#include <nonlin/engine/csrc/formula.h>
