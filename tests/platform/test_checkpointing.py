"""Activations that are computed again in the backward pass."""

import pytest
import torch
from accuracy import same_bits
from compiling import functional, given
from rows import make_weight
from torch.utils.checkpoint import checkpoint

pytestmark = pytest.mark.devices


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(activation, reentrant):
    """Functional and in place, one behind the other."""
    f = functional(activation)

    def block(x, *weights):
        y = torch.sin(f(x, *weights))
        if activation.has_inplace:
            return activation.inplace(y * 1, *weights)
        return f(y, *weights)

    x, w = torch.randn(4, 12), make_weight("channels", 12, torch.float32)
    results = []
    for run in (block, lambda *t: checkpoint(block, *t, use_reentrant=reentrant)):
        leaves = [t.clone().requires_grad_() for t in given(activation, x, w)]
        run(*leaves).sum().backward()
        results.append([t.grad for t in leaves])
    assert all(same_bits(a, b) for a, b in zip(*results, strict=True))
