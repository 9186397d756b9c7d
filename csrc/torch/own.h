#pragma once
/// The way in for activations of other libraries: all that they use of this one. Their own part are
/// kernels and what own_activation.cpp.in makes of a formula; the torch layer is here, once for
/// all, with one choice of the instruction set.
#include <string>
#include <vector>

#include "catalogue.h"

namespace nonlin {

struct Nodes;

/// Defines the operators of an activation in the namespace `library` and gives them kernels. The
/// name and the unit live as long as the process; `nodes` is set here. An instruction set without a
/// unit takes the next lower one that has one, or else the next higher one. Throws where `version`,
/// that of nonlin for which the unit was compiled, is not this library's.
NONLIN_EXPORT void add_own(const char* library, const char* version, pointwise::Entry);
NONLIN_EXPORT void add_own(const char* library, const char* version, parametric::Entry);
NONLIN_EXPORT void add_own(const char* library, const char* version, gated::Entry);
NONLIN_EXPORT void add_own(const char* library, const char* version, groupwise::Entry);

/// Between these two calls add_own keeps the message of what fails instead of throwing, as
/// libraries call it while they are loaded, when an exception ends the process. Empty if nothing
/// failed.
NONLIN_EXPORT void catch_own_failures();
NONLIN_EXPORT std::string own_failure();

/// "library::name" of every activation that was added.
NONLIN_EXPORT std::vector<std::string> own_activations();

/// Hands over the classes of nodes of every activation that was added since the last call.
NONLIN_EXPORT void take_own_nodes(void (*take)(const Nodes&));
/// `wake` is called whenever there are some, in the thread that adds an activation.
NONLIN_EXPORT void announce_own_nodes(void (*wake)());

}  // namespace nonlin
