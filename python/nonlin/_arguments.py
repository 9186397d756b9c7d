"""Checks of arguments that no operator sees, or that PyTorch would refuse in ten lines.

A symbolic number is passed on unread: a compiler that sees its value take part in a decision may
keep that value.
"""

from __future__ import annotations

import math
from numbers import Integral, Real

import torch
from torch import SymFloat, SymInt, Tensor
from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting  # type: ignore[attr-defined]

DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
LAYOUTS = (torch.strided, torch.jagged)
MOST_INTEGER = 2**63 - 1


def alone(function: str, out: Tensor, inplace: bool) -> Tensor:
    """`out`: an operator cannot overwrite its input and write to it too."""
    if inplace:
        raise RuntimeError(f"nonlin::{function}: `inplace` must be False where `out` is given")
    return out


def check(function: str, input: Tensor, inplace: bool, out: Tensor | None) -> None:
    """What functions have in common; TorchScript knows the types."""
    if not is_scripting():
        check_call(f"nonlin::{function}", input, inplace, out)


def check_call(caller: str, input: Tensor, inplace: object, out: Tensor | None) -> None:
    """The same of whoever calls."""
    tensor(caller, "input", input)
    floating(caller, "input", input.dtype)
    dense(caller, "input", input)
    truth(caller, "inplace", inplace)
    if out is not None:
        tensor(caller, "out", out)
        dense(caller, "out", out)
        if out.dtype != input.dtype:
            raise RuntimeError(
                f"{caller}: `out` must have dtype {_name(input.dtype)} like `input`, "
                f"got {_name(out.dtype)}"
            )


def tensor(caller: str, argument: str, value: object) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"{caller}: `{argument}` must be a tensor, got {type(value).__name__}")


def floating(caller: str, argument: str, dtype: torch.dtype) -> None:
    if dtype not in DTYPES:
        raise NotImplementedError(
            f"{caller}: `{argument}` must have dtype float64, float32, float16 or bfloat16, "
            f"got {_name(dtype)}"
        )


def dense(caller: str, argument: str, value: Tensor) -> None:
    """PyTorch lists all of its backends where one is missing."""
    if value.layout not in LAYOUTS:
        raise NotImplementedError(
            f"{caller}: `{argument}` must be dense or nested, got layout {value.layout}; "
            "use its to_dense()"
        )


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


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
    if type(value) is float or isinstance(value, (SymFloat, SymInt)):
        return value  # type: ignore[return-value]
    if type(value) is int:
        if not -MOST_INTEGER <= value <= MOST_INTEGER:
            raise ValueError(f"{caller}: `{argument}` must fit in 64 bits, got {_short(value)}")
        return value
    if isinstance(value, Real) and not isinstance(value, bool):
        return float(value)
    raise TypeError(f"{caller}: `{argument}` must be {allowed}, got {type(value).__name__}")


def real(caller: str, argument: str, value: float) -> float:
    """`number` for functions that TorchScript reads."""
    if not is_scripting():
        return number(caller, argument, value)
    return value


def finite(caller: str, argument: str, value: object, allowed: str = "a real number") -> float:
    """A number that a module keeps."""
    given = number(caller, argument, value, allowed)
    if holds(given != given) or holds(abs(given) == math.inf):
        raise ValueError(f"{caller}: `{argument}` must be finite, got {value}")
    return given


def start(
    caller: str,
    argument: str,
    value: object,
    kind: torch.dtype | None,
    allowed: str = "a real number",
) -> float:
    """A number where learning starts, which a parameter of this dtype can hold."""
    given = float(finite(caller, argument, value, allowed))
    kind = kind or torch.get_default_dtype()
    if abs(given) > torch.finfo(kind).max:
        raise ValueError(f"{caller}: `{argument}` must be finite in {_name(kind)}, got {value}")
    return given


def parameter_dtype(caller: str, value: object) -> None:
    """None stands for the default one."""
    if value is None:
        return
    if not isinstance(value, torch.dtype):
        raise TypeError(f"{caller}: `dtype` must be a torch.dtype, got {type(value).__name__}")
    floating(caller, "dtype", value)


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
    if not -MOST_INTEGER <= given <= MOST_INTEGER:
        raise ValueError(f"{caller}: `{argument}` must fit in 64 bits, got {_short(given)}")
    if least is not None and given < least:
        raise ValueError(f"{caller}: `{argument}` must be at least {least}, got {given}")
    if most is not None and given > most:
        raise ValueError(f"{caller}: `{argument}` must be at most {most}, got {given}")
    return given


def _short(value: int) -> str:
    """Python refuses to print very long ones."""
    return str(value) if abs(value) < 10**40 else f"one of {value.bit_length()} bits"


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
