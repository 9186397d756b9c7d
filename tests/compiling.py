"""Compiled functions and backward passes beside those that are not."""

import torch
from torch.autograd import grad


def compiled(f, backend="aot_eager", dynamic=None):
    return torch.compile(f, fullgraph=True, backend=backend, dynamic=dynamic)


def forward_and_gradients(f, *tensors):
    leaves = [t.detach().clone().requires_grad_() for t in tensors]
    y = f(*leaves)
    return (y.detach(), *grad((y * y).sum(), leaves))


def agree(ours, theirs) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def compile_backward(backend, dynamic=None):
    from torch._dynamo.compiled_autograd import _enable

    return _enable(
        lambda module: torch.compile(module, backend=backend, fullgraph=True, dynamic=dynamic)
    )
