"""The activations as modules, with the constructors, repr and state_dict of their namesakes.

Each that has a namesake in torch.nn is a subclass of it, so that code which looks for
`torch.nn.GELU` finds it, and takes the place of one by assignment to `__class__`. All can be
scripted, copied and pickled.

Constructors raise TypeError for an argument of a wrong kind and ValueError for one that is out of
range. A number is as for functions: a tensor where one is meant would not be learned, and is
refused.

Learnable parameters are called as in PyTorch and in the papers, `weight` and `beta`, have the shape
(num_parameters,), and are best trained without weight decay, which pulls them to 0: PReLU towards
ReLU, and Swish towards x/2.

>>> import torch
>>> torch.nn.Sequential(torch.nn.Linear(2, 3), Mish())
Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): Mish()
)
"""

import torch

from nonlin.nn import (
    algebraic,
    exponential,
    gated,
    gated_mlp,
    groupwise,
    parametric,
    pointwise,
    rectified,
    saturating,
    self_gated,
    shrinkage,
)
from nonlin.nn.algebraic import *  # noqa: F403
from nonlin.nn.exponential import *  # noqa: F403
from nonlin.nn.gated import *  # noqa: F403
from nonlin.nn.gated_mlp import *  # noqa: F403
from nonlin.nn.groupwise import *  # noqa: F403
from nonlin.nn.parametric import *  # noqa: F403
from nonlin.nn.pointwise import *  # noqa: F403
from nonlin.nn.rectified import *  # noqa: F403
from nonlin.nn.saturating import *  # noqa: F403
from nonlin.nn.self_gated import *  # noqa: F403
from nonlin.nn.shrinkage import *  # noqa: F403

__all__ = []
__all__ += algebraic.__all__
__all__ += exponential.__all__
__all__ += gated.__all__
__all__ += gated_mlp.__all__
__all__ += groupwise.__all__
__all__ += parametric.__all__
__all__ += pointwise.__all__
__all__ += rectified.__all__
__all__ += saturating.__all__
__all__ += self_gated.__all__
__all__ += shrinkage.__all__

# Pickles, scripts and messages name the classes by this place, whatever file they are in.
for _name in __all__:
    _class: type[torch.nn.Module] = globals()[_name]
    _class.__module__ = __name__
del _class, _name
