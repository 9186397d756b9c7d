"""Every module: those of the rows, and those with parameters or of another shape."""

from functools import partial

import pytest
from nonlin import nn
from rows import SETTINGS

# Each takes a tensor whose last dimension, which is dimension 1, has three entries.
MODULES = (
    *(case.module for case in SETTINGS),
    nn.PReLU,
    partial(nn.PReLU, 3),
    partial(nn.PReLU, 3, 0.5, dim=-1),
    partial(nn.Swish, learnable=True),
    partial(nn.Swish, 0.5, learnable=True, num_parameters=3),
    partial(nn.Swish, 0.5, learnable=True, num_parameters=3, dim=-1, inplace=True),
    partial(nn.Maxout, 3),
    partial(nn.Maxout, 1, dim=1),
)
each_module = pytest.mark.parametrize("make", MODULES, ids=lambda make: repr(make()))
