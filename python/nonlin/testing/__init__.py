"""What kernels are measured against and with: activations in higher precision, errors, times.

`catalogue` has one row per activation. A pointwise row evaluates value, slope and curvature in
float64, good for results of 8 to 24 bits, or with MPFR, for float64 results; a parametric one does
the same for functions of x and a weight, with all derivatives to the second order, and a gated one
for the product of a gate's activation with another number. All evaluate one definition and share no
code with the kernels. ULP are units in the last place.

Nothing else of the package imports this one: `import nonlin.testing` does.

>>> import torch, nonlin
>>> x = torch.linspace(-20, 20, 1001)
>>> mish = catalogue["mish"]
>>> bool(ulp_error(nonlin.mish(x), mish.jet(x).value).max() < 4)
True
"""

from nonlin.testing.activation import Activation
from nonlin.testing.catalogue import catalogue
from nonlin.testing.gated import Gated, GatedJet
from nonlin.testing.inputs import samples
from nonlin.testing.parametric import Parametric, ParametricJet
from nonlin.testing.pointwise import MEMBERS, Jet, Pointwise
from nonlin.testing.roots import NEAR, jumps, sign_changes
from nonlin.testing.ulp import spacing, ulp_error

__all__ = [
    "MEMBERS",
    "NEAR",
    "Activation",
    "Gated",
    "GatedJet",
    "Jet",
    "Parametric",
    "ParametricJet",
    "Pointwise",
    "catalogue",
    "jumps",
    "samples",
    "sign_changes",
    "spacing",
    "ulp_error",
]
