"""Checks of arguments that no operator sees, or that PyTorch would refuse in ten lines.

A symbolic number is passed on unread: a compiler that sees its value take part in a decision may
keep that value.
"""

from __future__ import annotations

import math
from numbers import Integral, Real

from torch import SymFloat, SymInt, Tensor, bfloat16, float16, float32, float64
from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting  # type: ignore[attr-defined]

DTYPES = (float64, float32, float16, bfloat16)


def refuse_inplace(function: str, inplace: bool) -> None:
    """An operator cannot overwrite its input and write to `out` too."""
    if inplace:
        raise RuntimeError(f"nonlin::{function}: `inplace` must be False where `out` is given")


def check(function: str, input: Tensor, inplace: object, out: object) -> None:
    """What functions have in common."""
    caller = f"nonlin::{function}"
    tensor(caller, "input", input)
    floating(caller, "input", input)
    truth(caller, "inplace", inplace)
    if out is not None:
        tensor(f"nonlin::{function}", "out", out)


def tensor(caller: str, argument: str, value: object) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"{caller}: `{argument}` must be a tensor, got {type(value).__name__}")


def floating(caller: str, argument: str, value: Tensor) -> None:
    if value.dtype not in DTYPES:
        raise NotImplementedError(
            f"{caller}: `{argument}` must have dtype float64, float32, float16 or bfloat16, "
            f"got {str(value.dtype).removeprefix('torch.')}"
        )


def truth(caller: str, argument: str, value: object) -> None:
    if not isinstance(value, bool):
        kind = type(value).__name__
        raise TypeError(f"{caller}: `{argument}` must be True or False, got {kind}")


def text(caller: str, argument: str, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{caller}: `{argument}` must be a string, got {type(value).__name__}")


def number(caller: str, argument: str, value: object, allowed: str = "a real number") -> float:
    """An int, a float, one of NumPy's, or a symbolic number.

    A tensor is none: it would be read here and now, with no gradient, and a trace would keep it.
    """
    if type(value) in (float, int) or isinstance(value, (SymFloat, SymInt)):
        return value  # type: ignore[return-value]
    if isinstance(value, Real) and not isinstance(value, bool):
        return float(value)
    raise TypeError(f"{caller}: `{argument}` must be {allowed}, got {type(value).__name__}")


def finite(caller: str, argument: str, value: object, allowed: str = "a real number") -> float:
    """A number that a module keeps."""
    given = number(caller, argument, value, allowed)
    if holds(given != given) or holds(abs(given) == math.inf):
        raise ValueError(f"{caller}: `{argument}` must be finite, got {value}")
    return given


def integer(
    caller: str, argument: str, value: object, least: int | None = None, most: int | None = None
) -> int:
    """True and False are no integers here, nor is a tensor."""
    if isinstance(value, SymInt):
        return value  # type: ignore[return-value]
    if isinstance(value, bool) or not isinstance(value, (int, Integral)):
        kind = type(value).__name__
        raise TypeError(f"{caller}: `{argument}` must be an integer, got {kind}")
    given = int(value)
    if least is not None and given < least:
        raise ValueError(f"{caller}: `{argument}` must be at least {least}, got {given}")
    if most is not None and given > most:
        raise ValueError(f"{caller}: `{argument}` must be at most {most}, got {given}")
    return given


def holds(condition: bool) -> bool:
    """Whether it does; for a symbolic number, whether it does for every value."""
    if not is_scripting():  # noqa: SIM102 - TorchScript reads on unless it stands alone
        # To Dynamo, a symbolic number looks like any other.
        if is_dynamo_compiling() or not isinstance(condition, bool):
            return _always(condition)
    return condition


def _always(condition: bool) -> bool:
    from torch.fx.experimental.symbolic_shapes import statically_known_true

    return statically_known_true(condition)
