"""Checks of arguments that no operator sees, or sees too late."""

from __future__ import annotations

import math
from typing import SupportsFloat, SupportsIndex


def refuse_inplace(operator: str, inplace: bool) -> None:
    """An operator cannot overwrite its input and write to `out` too."""
    if inplace:
        raise RuntimeError(f"nonlin::{operator}: `inplace` must be False where `out` is given")


def require_number(caller: str, argument: str, value: object) -> None:
    """A tensor of one element is a number, as it is to an operator."""
    if not isinstance(value, SupportsFloat):
        kind = type(value).__name__
        raise TypeError(f"{caller}: `{argument}` must be a number, got {kind}")
    if not math.isfinite(value):
        raise ValueError(f"{caller}: `{argument}` must be finite, got {value}")


def require_integer(
    caller: str, argument: str, value: object, least: int | None = None, most: int | None = None
) -> None:
    """True and False are no integers here."""
    if not isinstance(value, SupportsIndex) or isinstance(value, bool):
        kind = type(value).__name__
        raise TypeError(f"{caller}: `{argument}` must be an integer, got {kind}")
    if least is not None and value.__index__() < least:
        raise ValueError(f"{caller}: `{argument}` must be at least {least}, got {value}")
    if most is not None and value.__index__() > most:
        raise ValueError(f"{caller}: `{argument}` must be at most {most}, got {value}")
