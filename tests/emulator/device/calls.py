"""Run with the emulated device loaded: every operator of every family's rows, with CUDA tensors,
beside the CPU. Operators come from the rows, and so do their arguments."""

import ctypes
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import torch
from rows import ALL, Row, Sample
from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_map_only

warnings.simplefilter("ignore")  # PyTorch's own kernels are not for this device
device = ctypes.CDLL(None)


def cuda(t: Tensor) -> Tensor:
    """A copy that lies in its storage as t does; PyTorch's own kernels do not run."""
    storage = torch.empty(0, dtype=t.dtype).set_(t.untyped_storage())
    copy = torch.empty(storage.shape, dtype=t.dtype, device="cuda").copy_(storage)
    return copy.as_strided(t.shape, t.stride(), t.storage_offset())


def tensors(tree: object) -> list[Tensor]:
    return [t for t in tree_leaves(tree) if isinstance(t, Tensor)]


def compare(where: str, call: Callable, *arguments) -> int:
    """The results of both devices. Returns the launches; without elements there may be none."""
    there = tree_map_only(Tensor, cuda, arguments)
    expected = tensors(call(*arguments))
    device.emulated_launches()
    found = tensors(call(*there))
    launches = device.emulated_launches()
    for y, z in zip(found, expected, strict=True):
        assert y.device.type == "cuda" and y.stride() == z.stride(), where
        torch.testing.assert_close(y.cpu(), z, msg=f"{where}: {y.cpu()}, but {z} on the CPU")
    assert launches > 0 or not all(t.numel() for t in tensors(there)), where
    return launches


def samples(row: Row, dtype: torch.dtype) -> Iterator[Sample]:
    """Every arrangement of the family, and enough elements for sums in slices."""
    yield from row.sample_inputs(dtype)
    yield next(row.with_input(torch.randn(7, 20_000).to(dtype)))


def with_out(operator: Callable, place: int) -> Callable:
    """The overload `out` as a function to which that tensor is given in this place."""

    def call(*arguments):
        return operator(*arguments[:place], *arguments[place + 1 :], out=arguments[place])

    return call


def check(row: Row, kind: str, dtype: torch.dtype) -> int:
    """An operator at all samples. Returns the most launches of a call."""
    most = 0
    for sample in samples(row, dtype):
        if kind == "_" and sample.name.startswith("expanded"):
            continue  # it cannot be written
        operands, call = row.operands(kind, sample), row.overload(kind)
        if kind == "out":
            call = with_out(call, len(operands.tensors))
            out = torch.zeros_like(row.forward(*sample.arguments))
            operands = operands.with_tensors(*operands.tensors, out)
        most = max(most, compare(f"{row}{kind}, {sample.name}, {dtype}", call, *operands.arguments))
    return most


def gradients(row: Row, *arguments) -> tuple[Tensor, ...]:
    """By autograd, of half the sum of the squared results."""
    leaves = [a.detach().requires_grad_() if isinstance(a, Tensor) else a for a in arguments]
    result = row.forward(*leaves)
    return torch.autograd.grad(result, tensors(leaves), result.detach())


torch.manual_seed(0)
for row in ALL:
    for kind in row.KINDS:
        most = max(check(row, kind, dtype) for dtype in (torch.float32, torch.bfloat16))
        print(f"{row}{kind}: up to {most} launches a call")
    sample = next(row.sample_inputs(torch.float32))
    most = compare(f"{row}, autograd", partial(gradients, row), *sample.arguments)
    print(f"{row}, autograd: {most} launches")
