"""What tests of torch.func share: inputs, losses, comparison of nested results."""

import torch
from device import normal
from torch.utils._pytree import tree_leaves


def random(*shape: int) -> torch.Tensor:
    return normal(sum(shape), *shape) * 2


def loss(f):
    """A scalar whose derivatives of all orders differ from entry to entry."""
    return lambda z: (f(z) ** 2 * z).sum()


def squared(f):
    return lambda z: (f(z) ** 2).sum()


def agree(a, b) -> None:
    one, other = tree_leaves(a), tree_leaves(b)
    assert len(one) == len(other)
    for p, q in zip(one, other, strict=True):
        torch.testing.assert_close(p, q, rtol=1e-9, atol=1e-9)
