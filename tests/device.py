"""What the tests of the CUDA kernels share."""

import nonlin
import pytest
import torch
from accuracy import same_bits

DEVICE = "cuda"


def why_not() -> str:
    if not torch.cuda.is_available():
        return "torch.cuda.is_available() is False: no device, no driver, or a torch without CUDA"
    return "" if nonlin._C.build_info()["cuda"] else "this build of nonlin has no CUDA kernels"


needs_cuda = [pytest.mark.cuda, pytest.mark.skipif(bool(why_not()), reason=why_not())]


def on_device(ts: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return tuple(t.to(DEVICE) for t in ts)


def same(got: tuple, want: tuple, where: str) -> None:
    for a, b in zip(got, want, strict=True):
        assert same_bits(a.cpu(), b.cpu()), f"{a.dtype}, {where}: the bits differ"
