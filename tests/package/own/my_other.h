#include <nonlin/formula.h>
struct Mine {};
