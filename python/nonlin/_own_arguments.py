"""What functions of activations that were loaded check."""

from __future__ import annotations

from torch import Tensor

from nonlin._arguments import dense, floating, tensor, truth


def check(caller: str, input: Tensor, inplace: object, out: Tensor | None) -> None:
    """What they have in common; what is left, operators check."""
    tensor(caller, "input", input)
    floating(caller, "input", input.dtype)
    dense(caller, "input", input)
    truth(caller, "inplace", inplace)
    if out is not None:
        tensor(caller, "out", out)
        dense(caller, "out", out)
        if inplace:
            raise RuntimeError(f"{caller}: `inplace` must be False where `out` is given")
