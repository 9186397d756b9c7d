"""What functions of activations that were loaded check."""

from __future__ import annotations

from torch import Tensor

from nonlin._arguments import check_call


def check(caller: str, input: Tensor, inplace: object, out: Tensor | None) -> None:
    """What they have in common; what is left, operators check."""
    check_call(caller, input, inplace, out)
    if out is not None and inplace:
        raise RuntimeError(f"{caller}: `inplace` must be False where `out` is given")
