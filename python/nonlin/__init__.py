"""Activation functions for PyTorch with kernels for value, gradient and second derivative.

>>> import torch, nonlin
>>> x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
>>> y = nonlin.mish(x)
>>> y
tensor([-0.3034,  0.0000,  0.8651], grad_fn=<MishBackward>)
>>> torch.autograd.grad(y.sum(), x)
(tensor([0.0592, 0.6000, 1.0490]),)

Functions are here, modules in `nonlin.nn`, operators in `torch.ops.nonlin`; `nonlin.fx` traces
networks of them, and `nonlin.load_activation` makes more of them, from formulas of your own.
`python -m nonlin` describes the installation, `python -m nonlin compare` measures it against
PyTorch's own functions.
"""

import nonlin._library as _library  # first: it loads the operators that the others call
from nonlin import (
    algebraic,
    config,
    decomposition,
    exponential,
    fx,
    gated,
    groupwise,
    nn,
    own,
    parametric,
    pointwise,
    rectified,
    saturating,
    self_gated,
    shrinkage,
)
from nonlin.algebraic import *  # noqa: F403
from nonlin.decomposition import decompositions as decompositions
from nonlin.exponential import *  # noqa: F403
from nonlin.gated import *  # noqa: F403
from nonlin.groupwise import *  # noqa: F403
from nonlin.own import load_activation as load_activation  # none itself: not in __all__
from nonlin.parametric import *  # noqa: F403
from nonlin.pointwise import *  # noqa: F403
from nonlin.rectified import *  # noqa: F403
from nonlin.saturating import *  # noqa: F403
from nonlin.self_gated import *  # noqa: F403
from nonlin.shrinkage import *  # noqa: F403

__version__ = _library.version
cmake_prefix_path = _library.cmake_prefix_path

decomposition.install()

__all__ = ["__version__", "cmake_prefix_path", "config", "fx", "nn", "own"]
__all__ += algebraic.__all__
__all__ += exponential.__all__
__all__ += gated.__all__
__all__ += groupwise.__all__
__all__ += parametric.__all__
__all__ += pointwise.__all__
__all__ += rectified.__all__
__all__ += saturating.__all__
__all__ += self_gated.__all__
__all__ += shrinkage.__all__
