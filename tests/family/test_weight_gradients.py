"""Derivatives of operators with a weight: masks of outputs, gradients that are absent."""

from itertools import product

import pytest
import torch
from operators import leaf
from torch.autograd import grad

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


def arguments(parametric) -> list[torch.Tensor]:
    """u, v, g, x and w with a weight for each channel."""
    operands = parametric.operands("_double_backward", next(parametric.small()))
    return [leaf(t) for t in operands.tensors]


def test_output_masks(parametric):
    """What is masked out is None, the rest is as ever, and so are its derivatives."""
    u, v, g, x, w = arguments(parametric)
    for mask in product((False, True), repeat=3):
        for f, inputs, chosen in (
            (parametric.backward, (g, x, w), mask[:2]),
            (parametric.double_backward, (u, v, g, x, w), mask),
        ):
            got, whole = f(*inputs, 1, chosen), f(*inputs)
            assert [a is not None for a in got] == list(chosen)
            kept = [(a, b) for a, b in zip(got, whole, strict=True) if a is not None]
            assert all(torch.equal(a, b) for a, b in kept)
            if kept:
                ours, theirs = (
                    grad(o, inputs, [t.detach() for t in o], allow_unused=True)
                    for o in zip(*kept, strict=True)
                )
                torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def test_absent_gradients(parametric):
    """grad_grad_self and grad_grad_weight may be None, which is zero."""
    u, v, g, x, w = (t.detach() for t in arguments(parametric))
    zero = torch.zeros_like
    for absent, there in (((None, v), (zero(u), v)), ((u, None), (u, zero(v)))):
        got = parametric.double_backward(*absent, g, x, w)
        want = parametric.double_backward(*there, g, x, w)
        torch.testing.assert_close(got, want, rtol=0, atol=0)
    only, *rest = parametric.double_backward(u, v, None, x, w, 1, (True, False, False))
    assert torch.equal(only, parametric.double_backward(u, v, g, x, w)[0]) and rest == [None, None]
