"""What definitions are made of: the smooth piece of a function that contains a point."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from torch import Tensor

from nonlin.testing.series import Series

# What a piece takes and returns belongs to the context.
Piece = Callable[..., Any]
Definition = Callable[..., Piece]


def either(condition: Any, first: Piece, second: Piece) -> Piece:
    """Return the first piece where a condition on `at` holds, the second elsewhere."""
    if isinstance(condition, Tensor):
        return lambda *x: first(*x).where(condition, second(*x))
    return first if condition else second


def negative(at: Any) -> Any:
    """Whether the sign bit is set."""
    return at.signbit() if isinstance(at, Tensor) else math.copysign(1, at) < 0


def derived_from(surrogate: Definition) -> Callable[[Definition], Definition]:
    """Decorate a value whose derivatives are, by definition, those of another function."""

    def decorate(definition: Definition) -> Definition:
        @wraps(definition)
        def both(mp: Any, at: Any, *arguments: float) -> Piece:
            value = definition(mp, at, *arguments)
            other = surrogate(mp, at, *arguments)

            def piece(x: Any) -> Any:
                if not isinstance(x, Series):
                    return value(x)
                found = other(x)
                return Series([value(x).terms[0], *found.terms[1:]], found.space)

            return piece

        both.surrogate = surrogate  # type: ignore[attr-defined]
        return both

    return decorate
