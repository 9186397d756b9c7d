"""What kernels are measured against: activations in higher precision, and errors in ULP.

`catalogue` has one row per activation. A row evaluates value, slope and curvature in float64, good
for results of 8 to 24 bits, or with mpmath, for float64 results. Nothing here shares code with the
kernels. ULP are units in the last place.

>>> import torch, nonlin
>>> x = torch.linspace(-20, 20, 1001)
>>> mish = catalogue["mish"]
>>> bool(ulp_error(nonlin.mish(x), mish.jet(x).value).max() < 4)
True
"""

from nonlin.reference.activation import MEMBERS, Activation
from nonlin.reference.catalogue import catalogue
from nonlin.reference.inputs import samples
from nonlin.reference.pointwise import Jet
from nonlin.reference.ulp import spacing, ulp_error

__all__ = ["MEMBERS", "Activation", "Jet", "catalogue", "samples", "spacing", "ulp_error"]
