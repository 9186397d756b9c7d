"""How functions call their operators.

TorchScript and Dynamo read a function instead of running it, and know operators by their names in
`torch.ops`: what they read is what follows `if not (is_scripting() or is_dynamo_compiling())`. A
function that runs calls itself in `direct` first, with all of its arguments by position: that calls
the operator, f, f_ or f.out, without what `torch.ops` does before. It steps aside wherever that
could do more: for arguments that are no plain tensors and numbers, under modes, transforms and
tracers. Only then is the call shown to __torch_function__, under the name of the function; where
nobody there answers, the function reads on as compilers do: arguments are checked, and what is left
goes by `torch.ops`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

import torch
from torch import Tensor
from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting  # type: ignore[attr-defined]
from torch.overrides import handle_torch_function, has_torch_function

from nonlin import _C
from nonlin._C import direct

__all__ = [
    "ASIDE",
    "NUMBERS",
    "calls",
    "direct",
    "is_dynamo_compiling",
    "is_scripting",
    "operator",
    "ops",
]

NUMBERS = (float, int)  # of exactly these types, not their subclasses
ASIDE = cast(Tensor, object())  # what comes of a call in `direct` that nobody has answered


class _Operators(Protocol):
    def __getattr__(self, name: str) -> Callable[..., Tensor]: ...


ops = cast(_Operators, torch.ops.nonlin)

Way = tuple[str, tuple[str | float, ...], dict[str, type[int] | str | None]]
Public = TypeVar("Public", bound=Callable[..., Tensor])


def operator(name: str, *arguments: str | float, **only: type[int] | str | None) -> Way:
    """An operator, and its arguments after the first: parameters of the function, or numbers.

    only: parameters that must be an int, be None or equal a text, for the call to go there
    """
    return name, arguments, only


def calls(
    *operators: Way, more: tuple[str, ...] = (), scripted: Callable[..., Tensor] | None = None
) -> Callable[[Public], Public]:
    """Give `direct` the function that is decorated, which stays what it is.

    more: arguments that its call in `direct` has after those of the function
    scripted: what TorchScript reads in its place, where it has arguments by name alone
    """

    def register(function: Public) -> Public:
        place = {name: i for i, name in enumerate((*_parameters(function), *more))}
        ways = [
            (
                name,
                [0, *(place[a] if isinstance(a, str) else (a,) for a in arguments)],
                [(place[name], value) for name, value in only.items()],
            )
            for name, arguments, only in operators
        ]
        _C.add_direct(function, _aside, ways, len(place), place.get("inplace"), place["out"])
        if scripted is not None:
            function.__prepare_scriptable__ = lambda: scripted  # type: ignore[attr-defined]
        return function

    return register


def _parameters(function: Callable[..., Tensor]) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _aside(function: Callable[..., Tensor], *given: object) -> Tensor:
    """What __torch_function__ of an argument, or a mode, makes of the call, or ASIDE."""
    values = dict(zip(_parameters(function), given, strict=False))
    options = ("inplace", "approximate", "layout")
    asked = tuple(v for name, v in values.items() if name not in options)
    if not has_torch_function(asked):
        return ASIDE
    count = function.__code__.co_argcount - len(function.__defaults__ or ())
    required = [values.pop(name) for name in _parameters(function)[:count]]
    result: Tensor = handle_torch_function(function, asked, *required, **values)
    return result
