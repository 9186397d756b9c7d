"""Where gate and up are in one tensor: what functions of the gated family share."""

from __future__ import annotations

from torch import Tensor

from nonlin._arguments import check_call, integer, tensor, text
from nonlin._direct import Way, is_scripting, operator

LAYOUTS = ("gate_first", "gate_last", "interleaved")  # as operators number them


def ways(name: str, default: str, *numbers: str, **only: str) -> list[Way]:
    """The operator of two tensors, and that of one with every layout."""
    packed = [
        operator(f"{name}_packed", *numbers, "dim", place, up=None, layout=layout, **only)
        for place, layout in enumerate(LAYOUTS)
    ]
    return [operator(name, "up", *numbers, dim=int, layout=default, **only), *packed]


def place_of(
    caller: str,
    input: Tensor,
    up: Tensor | None,
    dim: int,
    layout: str,
    inplace: bool,
    out: Tensor | None,
) -> int:
    """The number of a layout, after the checks that all functions share."""
    if not is_scripting():
        check_call(caller, input, inplace, out)
        integer(caller, "dim", dim)
        text(caller, "layout", layout)
        if up is not None:
            tensor(caller, "up", up)
    if inplace and out is not None:
        raise RuntimeError(f"{caller}: `inplace` must be False where `out` is given")
    if inplace and up is None:
        raise RuntimeError(
            f"{caller}: `inplace` must be False without `up`, as the result is half as large"
        )
    if layout == "gate_first":
        return 0
    if layout == "gate_last":
        return 1
    if layout == "interleaved":
        return 2
    raise RuntimeError(
        f"{caller}: `layout` must be 'gate_first', 'gate_last' or 'interleaved', got '{layout}'"
    )
