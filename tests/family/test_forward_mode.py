"""Forward mode: which tensors move, over reverse mode, tangents that are zero."""

from itertools import chain, combinations, product

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from operators import Dispatched
from rows import WEIGHTS, Sample, make_weight, weight_leaf, weight_of
from torch.autograd import grad
from transforms import every, functions

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


def subsets(places) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(places, n + 1) for n in range(len(places))))


def pushed(f, tensors, tangents, moving) -> tuple[torch.Tensor, ...]:
    with forward_ad.dual_level():
        pairs = enumerate(zip(tensors, tangents, strict=True))
        duals = [forward_ad.make_dual(p, t) if i in moving else p for i, (p, t) in pairs]
        return tuple(forward_ad.unpack_dual(f(*duals)))


def test_forward_mode(activation):
    """The value is the same, and the tangent comes from a kernel."""
    for sample in activation.small():
        tangents = [torch.randn_like(t) for t in sample.tensors]
        (f, *_), theirs = functions(activation, sample)
        for moving in subsets(every(sample.tensors)):
            with Dispatched() as seen:
                got = pushed(f, sample.tensors, tangents, moving)
            assert torch.equal(got[0], f(*sample.tensors))
            want = pushed(theirs, sample.tensors, tangents, moving)
            torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)
            assert len(seen.ours()) == 2, seen.names


@pytest.mark.parametrize("weight", WEIGHTS)
def test_tangents_of_weights_that_are_views(parametric, weight):
    x = next(parametric.small()).input
    # PyTorch wants tangents with the layout of their primals.
    tangents = (torch.randn_like(x), weight_of(weight_leaf(weight, 3).cos(), weight, 3))
    for moving in subsets(range(2)):
        ours, theirs = (
            pushed(f, (x, make_weight(weight, 3)), tangents, moving)
            for f in (parametric.forward, parametric.expression)
        )
        torch.testing.assert_close(ours, theirs)


def test_the_value_beside_an_index(groupwise):
    for sample in groupwise.small():
        given = (sample.tensors, [torch.randn_like(sample.input)], (0,))
        one = pushed(lambda x, s=sample: groupwise.with_index(x, *s.numbers)[0], *given)
        other = pushed(functions(groupwise, sample)[1], *given)
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def tangents_of_gradients(f, sample: Sample, tangents) -> list[torch.Tensor]:
    with forward_ad.dual_level():
        pairs = zip(sample.leaves().tensors, tangents, strict=True)
        duals = [forward_ad.make_dual(p, t) for p, t in pairs]
        first = grad(f(*duals).square().sum(), duals, create_graph=True)
        return [forward_ad.unpack_dual(t).tangent.detach() for t in first]


def test_forward_over_reverse(activation):
    for sample in activation.small():
        tangents = [torch.randn(t.shape, dtype=t.dtype) for t in sample.tensors]
        (f, *_), theirs = functions(activation, sample)
        ours, want = (tangents_of_gradients(g, sample, tangents) for g in (f, theirs))
        torch.testing.assert_close(ours, want)


def efficient(t: torch.Tensor) -> torch.Tensor:
    return torch._efficientzerotensor(t.shape, dtype=t.dtype, device=t.device)


def test_zero_tensors(activation):
    """Forward AD hands efficient zero tensors to operators: as good as zeros."""
    kinds = [kind for kind in activation.KINDS if kind not in ("_", "out")]
    for kind, sample in product(kinds, activation.small()):
        operands, results = activation.operands(kind, sample), []
        tensors = operands.tensors
        for places in subsets([i for i, t in enumerate(tensors) if t.is_floating_point()]):
            for zero in (efficient, torch.zeros_like):
                given = [zero(t) if i in places else t for i, t in enumerate(tensors)]
                results.append(activation.overload(kind)(*given, *operands.numbers))
        torch.testing.assert_close(results[::2], results[1::2], rtol=0, atol=0)
