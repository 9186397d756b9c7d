"""A call on plain tensors goes to its operator directly, and nobody can tell but by the clock."""

from __future__ import annotations

import math
import sys
from contextlib import nullcontext
from inspect import isfunction
from itertools import product

import nonlin
import pytest
import torch
from accuracy import same_bits
from call_path import (
    ROWS,
    advances,
    arguments,
    counting_thread,
    each,
    other_way,
    representative,
    ways,
    x0,
)
from rows import DTYPES
from torch.autograd import grad

# A default device is a mode, and would be seen.
pytestmark = pytest.mark.devices(default=False)

IN_PLACE = [row for row in ROWS if row.group == 1 and row.name not in ("gelu", "gelu_tanh")]


def outcome(run):
    """A tensor, or the error as it is shown."""
    try:
        return run()
    except Exception as error:
        return type(error), str(error)


@pytest.mark.cpu
def test_every_function_has_its_short_way():
    """But elu_ and its like, which call elu."""
    public = {name for name in nonlin.__all__ if isfunction(getattr(nonlin, name))}
    assert {name for name in dir(nonlin._C.direct) if not name.startswith("__")} == {
        name for name in public if not name.endswith("_")
    }


@each
def test_plain_tensors_take_the_short_way(row):
    for guard, kind in product(
        (nullcontext, torch.no_grad, torch.inference_mode), (torch.Tensor.clone, torch.nn.Parameter)
    ):
        given = tuple(kind(t) for t in arguments(row))
        with guard():
            assert ways(row, lambda: row.function(*given)) == ["direct"]  # noqa: B023
            y = row.function(*given)
            with other_way():
                want = row.function(*given)
        assert same_bits(y, want) and type(y) is torch.Tensor
        assert y.requires_grad == want.requires_grad and y.is_inference() == want.is_inference()
        assert type(y.grad_fn) is type(want.grad_fn)
    module = row.module().to(x0.device)
    assert ways(row, lambda: module(x0)) == ["direct"]


@pytest.mark.parametrize("row", IN_PLACE, ids=lambda row: row.name)
def test_in_place(row):
    x, *weights = arguments(row)
    want = row.function(x, *weights)
    y = x.clone()
    assert ways(row, lambda: row.function(y, *weights, inplace=True), "_") == ["direct"]
    assert same_bits(y, want) and y._version == 1
    leaf = x.clone().requires_grad_()
    y = leaf * 1
    assert row.function(y, *weights, inplace=True) is y and same_bits(y, want)
    (ours,) = grad(y.sum(), leaf)
    assert same_bits(ours, grad(row.function(leaf, *weights).sum(), leaf)[0])
    with other_way():
        error = outcome(lambda: row.function(leaf, *weights, inplace=True))
    assert outcome(lambda: row.function(leaf, *weights, inplace=True)) == error
    assert error[0] is RuntimeError and same_bits(leaf, x)
    with other_way():
        y = x.clone()
        assert ways(row, lambda: row.function(y, *weights, inplace=True), "_")[-1] == "torch.ops"
    assert same_bits(y, want)


@each
def test_out(row):
    """Resized, of the right size, and the input itself."""
    x, *weights = arguments(row)
    want = row.function(x, *weights)
    for out in (torch.empty(0), torch.empty_like(want)):
        assert ways(row, lambda: row.function(x, *weights, out=out)) == ["direct"]  # noqa: B023
        assert row.function(x, *weights, out=out) is out and same_bits(out, want)
    if row.group == 1:
        y = x.clone()
        assert row.function(y, *weights, out=y) is y and same_bits(y, want)
    with other_way():
        out = torch.empty(0)
        assert ways(row, lambda: row.function(x, *weights, out=out))[-1] == "torch.ops"
    assert same_bits(out, want)


@representative
def test_gradients(row):
    """Value, backward and double backward, to the bit."""
    for dtype in DTYPES:
        results = []
        for way in (nullcontext, other_way):
            leaves = [t.clone().requires_grad_() for t in arguments(row, x0.to(dtype))]
            with way():
                y = row.function(*leaves)
                slopes = grad(y.exp().sum(), leaves, create_graph=True)
                ends = grad(sum(s.square().sum() for s in slopes), leaves, allow_unused=True)
            results.append((y, *slopes, *(e for e in ends if e is not None)))
        assert all(same_bits(ours, want) for ours, want in zip(*results, strict=True)), dtype


@pytest.mark.cpu
def test_other_threads_run_meanwhile(activation):
    """They get the interpreter during a single call, by either way, as nobody takes it by force."""
    s = next(activation.with_input(torch.randn(2**20, 16)))
    row, given = activation.row, arguments(activation.row, s.input)
    assert ways(row, lambda: row.function(*given)) == ["direct"]
    calls = [lambda: row.function(*given), lambda: activation.forward(*s.arguments)]
    if activation.has_inplace:
        calls.append(lambda: activation.inplace(*s.arguments))
    with counting_thread() as count:
        assert not advances(count, lambda: sum(range(10**5)))
        for call in calls:
            assert advances(count, call)


@representative
def test_nothing_is_kept(row):
    """Neither arguments nor results are held once both ways have returned."""
    given = arguments(row)
    before = [sys.getrefcount(t) for t in given]
    for _ in range(9):
        row.function(*given)
        outcome(lambda: row.function(given[0].long(), *given[1:]))
        outcome(lambda: row.function(None, *given[1:]))
    assert [sys.getrefcount(t) for t in given] == before


def test_profiler():
    with torch.profiler.profile(acc_events=True) as profile:
        nonlin.mish(x0)
    assert "nonlin::mish" in {event.key for event in profile.key_averages()}


WRONG = {
    "a number": lambda: nonlin.mish(1.0),
    "None": lambda: nonlin.gelu(None),
    "integers": lambda: nonlin.silu(x0.long()),
    "sparse": lambda: nonlin.mish(x0.to_sparse()),
    "not finite": lambda: nonlin.swish(x0, math.nan),
    "too large": lambda: nonlin.elu(x0, 1e300),
    "text": lambda: nonlin.elu(x0, "wide"),
    "no number": lambda: nonlin.elu(x0, None),
    "a weight that is none": lambda: nonlin.prelu(x0, 0.25),
    "a weight of another type": lambda: nonlin.prelu(x0, torch.ones(1).double()),
    "weights too many": lambda: nonlin.prelu(x0[None], torch.ones(7)),
    "a fraction of a group": lambda: nonlin.maxout(x0, 2.5),
    "no group": lambda: nonlin.maxout(x0, 0),
    "a huge group": lambda: nonlin.maxout(x0, 2**70),
    "a tensor of groups": lambda: nonlin.maxout(x0, x0),
    "a huge dimension": lambda: nonlin.swish(x0, 1.5, dim=2**70),
    "out of another type": lambda: nonlin.mish(x0, out=torch.empty(6).double()),
    "two results": lambda: nonlin.elu(x0, inplace=True, out=torch.empty(6)),
    "an overlap": lambda: nonlin.mish(x0[:5], out=x0.clone()[:1].expand(5)),
    "no such dimension": lambda: nonlin.maxout(x0, 2, dim=3),
}
UNUSUAL = {
    "an integer": lambda: nonlin.swish(x0, 2),
    "a truth": lambda: nonlin.elu(x0, True),
    "a tensor": lambda: nonlin.elu(x0, torch.tensor(0.5)),
    "a group of one": lambda: nonlin.maxout(x0, True),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors_are_the_same(name):
    ours = outcome(WRONG[name])
    with other_way():
        want = outcome(WRONG[name])
    assert ours == want and issubclass(ours[0], Exception)


@pytest.mark.parametrize("name", UNUSUAL)
def test_conversions_are_the_same(name):
    ours = outcome(UNUSUAL[name])
    with other_way():
        want = outcome(UNUSUAL[name])
    assert ours == want if isinstance(want, tuple) else same_bits(ours, want)
