"""Modules of `nonlin.groupwise`."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import groupwise
from nonlin._arguments import integer

__all__ = ["Maxout"]


class Maxout(torch.nn.Module):
    """The largest of every k consecutive entries of dimension `dim`; see `nonlin.maxout`.

    Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013, arXiv 1302.4389

    k: entries in a group, from 1 to 256
    dim: the dimension that the groups divide, as `Linear` and k·n features, or -3 after `Conv2d`

    Input: any shape whose entry `dim` is a multiple of k; output: that entry divided by k.

    >>> Maxout(2)
    Maxout(k=2, dim=-1)
    >>> Maxout(2)(torch.tensor([-1.0, 0.0, 3.0, 1.0]))
    tensor([0., 3.])
    """

    __constants__: ClassVar[list[str]] = ["k", "dim"]

    def __init__(self, k: int, dim: int = -1) -> None:
        super().__init__()
        self.k = integer("nonlin.nn.Maxout", "k", k, least=1, most=256)
        self.dim = integer("nonlin.nn.Maxout", "dim", dim)

    def forward(self, input: Tensor) -> Tensor:
        return groupwise.maxout(input, self.k, self.dim)

    def extra_repr(self) -> str:
        return f"k={self.k}, dim={self.dim}"
