"""Compiled functions and backward passes beside those that are not."""

import torch
from rows import GROUPWISE, MEMBERS, GatedRow, ParametricRow, Row
from torch.autograd import grad


def compiled(f, backend="aot_eager", dynamic=None):
    return torch.compile(f, fullgraph=True, backend=backend, dynamic=dynamic)


def forward_and_gradients(f, *tensors):
    """In the strides of the tensors."""
    leaves = [t.detach().requires_grad_() for t in tensors]
    y = f(*leaves)
    return (y.detach(), *grad((y * y).sum(), leaves))


def members(row: Row, x: torch.Tensor, weight: float = 1.0) -> tuple[torch.Tensor, ...]:
    """Value, slope and curvature by the operators, with gradients of 1; `weight` is that of x."""
    if not isinstance(row, ParametricRow):
        return tuple(row.computed(member, x) for member in MEMBERS)
    one, w = torch.ones_like(x), torch.full_like(x, weight)
    first = row.backward(one, x, w, 0, (True, False))[0]
    second = row.double_backward(one, None, one, x, w, 0, (False, True, False))[1]
    return row.forward(x, w, 0), first, second


def agree(ours, theirs) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def compile_backward(backend, dynamic=None):
    from torch._dynamo.compiled_autograd import _enable

    return _enable(
        lambda module: torch.compile(module, backend=backend, fullgraph=True, dynamic=dynamic)
    )


def given(row: Row, x: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """What a row takes of x and of a weight for its second dimension, which may stand for all."""
    if isinstance(row, GatedRow):
        return x, w + torch.zeros_like(x)
    return (x, w)[: len(row.TENSORS)]


def numbers(row: Row) -> tuple[int, ...]:
    """What stands behind the tensors: groups of two along the last dimension."""
    return (2, -1) if row in GROUPWISE else ()


def functional(row: Row):
    """The operator as a function of its tensors."""
    return lambda *tensors: row.forward(*tensors, *numbers(row))
