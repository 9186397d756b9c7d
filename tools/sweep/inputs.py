"""The inputs: stretches of bit patterns of float32, and a sample of float64."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from nonlin.testing import samples
from torch import Tensor

BLOCK = 2**18  # inputs that are computed at once
PART = 2**16  # inputs that are measured at once, out of a processor's cache


class Stretch(NamedTuple):
    """`count` bit patterns from `start` on, one of every `stride`, in ascending order."""

    start: int
    stride: int
    count: int

    def numbers(self) -> Tensor:
        """Within a stride the place varies, so that all low digits occur."""
        start = self.start - 2**32 * (self.start >= 2**31)
        step = torch.arange(start, start + self.count * self.stride, self.stride, dtype=torch.int32)
        if self.stride > 1:
            step += torch.arange(self.count, dtype=torch.int32) * 40503 % self.stride
        return step.view(torch.float32)


def cut(stretch: Stretch) -> Iterator[Stretch]:
    """Pieces of at most `BLOCK` inputs."""
    for done in range(0, stretch.count, BLOCK):
        count = min(BLOCK, stretch.count - done)
        yield Stretch(stretch.start + done * stretch.stride, stretch.stride, count)


def every() -> list[Stretch]:
    """All 2³² inputs."""
    return list(cut(Stretch(0, 1, 2**32)))


def sample(roots: Iterable[float], fewer: int = 1) -> list[Stretch]:
    """About 20 million: every 256th; every 64th from 1/16 to 128; neighbours of the roots.

    With `fewer`, a power of two, so many times fewer in each of these.
    """
    low, high = bits(2.0**-4), bits(2.0**7)
    bend = (high - low) // (64 * fewer)
    stretches = [Stretch(0, 2**8 * fewer, 2**24 // fewer)]
    stretches += [Stretch(start, 64 * fewer, bend) for start in (low, low + 2**31)]
    near = 2**15 // fewer
    stretches += [Stretch(bits(root) - near, 1, 2 * near) for root in roots]
    return [piece for stretch in stretches for piece in cut(stretch)]


def bits(x: float) -> int:
    """The bit pattern of a float32, as a natural number."""
    return int(torch.tensor(x, dtype=torch.float32).view(torch.int32)) % 2**32


def sixteen_bits(dtype: torch.dtype) -> Tensor:
    """All inputs of a 16-bit type, in the order of their bit patterns."""
    return torch.arange(2**16, dtype=torch.int32).to(torch.int16).view(dtype)


def float64(roots: Iterable[float], count: int) -> Tensor:
    """About so many: all exponents, the middle, the tails, and neighbours of the roots."""
    near = [torch.tensor(root, dtype=torch.float64).view(torch.int64) for root in roots]
    parts = [(pattern + torch.arange(-100, 101)).view(torch.float64) for pattern in near]
    parts.append(torch.linspace(-800, 800, count // 5, dtype=torch.float64))
    return torch.cat([*parts, samples(torch.float64, count - count // 5)])
