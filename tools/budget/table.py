"""All figures, for reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from budget.kernels import Kernel
from budget.machine import share

_UNITS = ("issue", "fma", "alu", "xu", "fp64")


def table(kernels: Iterable[Kernel], shares: bool) -> Iterator[str]:
    """A line for each kernel: slots per element and byte, and the time that they take of a copy's
    where the machine's is known."""
    kernels = list(kernels)
    width = max((len(kernel.name) for kernel in kernels), default=0)
    parts = [f"{unit:>5}%" for unit in _UNITS if shares]
    head = [f"{unit:>7}" for unit in _UNITS]
    yield " ".join([" " * width, *head, "slots/B", *parts, "load store regs local  code branches"])
    for kernel in kernels:
        count = kernel.elements
        slots = [f"{kernel.slots[u] / count:7.2f}" if count else f"{'-':>7}" for u in _UNITS]
        slots.append(f"{kernel.per_byte('issue'):7.2f}")
        parts = [f"{share(unit, kernel.per_byte(unit)):6.0%}" for unit in _UNITS if shares]
        rest = [
            f"{kernel.load:4.3g} {kernel.store:5.3g} {kernel.registers:4} {kernel.local:5}",
            f"{kernel.code:5} {kernel.branches:8}",
            f" loop, and {kernel.outside}" if kernel.loop else "",
        ]
        yield " ".join([f"{kernel.name:{width}}", *slots, *parts, *rest]).rstrip()
