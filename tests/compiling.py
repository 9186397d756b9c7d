"""Compiled functions and backward passes beside those that are not."""

import torch
from rows import GROUPWISE, GatedRow, Row
from torch.autograd import grad


def compiled(f, backend="aot_eager", dynamic=None):
    return torch.compile(f, fullgraph=True, backend=backend, dynamic=dynamic)


def forward_and_gradients(f, *tensors):
    """In the strides of the tensors."""
    leaves = [t.detach().requires_grad_() for t in tensors]
    y = f(*leaves)
    return (y.detach(), *grad((y * y).sum(), leaves))


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
