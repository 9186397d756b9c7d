"""What a row of the catalogue says of an activation, and the names that follow from it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from nonlin import _C
from nonlin.testing.evaluation import Sum
from nonlin.testing.pieces import Definition

Function = Callable[..., Tensor]
Module = Callable[..., torch.nn.Module]
# Of every operator its family, and names and defaults of its hyper-parameters.
OPERATORS = {row["name"]: row for row in _C.operators()}


class Activation:
    """One row: where our names and PyTorch's meet.

    Attributes:
        name, operator: ours, such as celu, and that of the operator which computes it, such as elu
        function, builtin: ours and PyTorch's, both called as f(x, *weights, **options)
        module, builtin_module: the same as classes
        weights: numbers that f takes as tensors, and learns
        group: entries of x for each entry of the result
        called: the operator that f(x, *weights) calls
    """

    weights: tuple[float, ...] = ()

    def __init__(
        self,
        function: Function,
        module: Module,
        *,
        operator: str = "",
        builtin: Function | None = None,
        builtin_module: Module | None = None,
        group: int = 1,
    ) -> None:
        """PyTorch's are those of the same name, unless they are given."""
        own = origin(function).__name__
        self.operator = operator or own
        if self.operator not in OPERATORS:
            raise ValueError(f"a row of {own}: no header in ops/ makes an operator {self.operator}")
        self.name = own if function is origin(function) else self.operator
        self.function, self.module, self.group = function, module, group
        self.called = self.operator
        self.builtin = builtin or _namesake(function, functional)
        self.builtin_module = builtin_module or _namesake(module, torch.nn)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    @property
    def in_pytorch(self) -> bool:
        """Whether `builtin` is a function of PyTorch, and not an expression of its operators."""
        return not (origin(self.builtin).__module__ or "").startswith("nonlin")

    @property
    def line(self) -> str:
        """What it computes: the first line of the function's docstring."""
        return line(self.function)

    @property
    def paper(self) -> str:
        """Who published it, when and where: the second paragraph of that docstring."""
        return paper(self.function)

    def references(self, x: Tensor) -> tuple[Sum, Sum] | None:
        """Value and slope, each an unevaluated sum of float64 tensors; None if nothing rounds."""
        return None

    def tensors(self, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, ...]:
        """The weights as a module holds them."""
        return tuple(
            torch.full((1,), weight, dtype=dtype, device=device, requires_grad=True)
            for weight in self.weights
        )


class Defined(Activation):
    """A row with a definition, which has the name of the operator."""

    def __init__(
        self, function: Function, module: Module, definition: Definition, **names: Any
    ) -> None:
        super().__init__(function, module, operator=definition.__name__, **names)
        self.definition = definition


def origin(thing: Any) -> Any:
    """Without the arguments that are bound to it."""
    return thing.func if isinstance(thing, partial) else thing


def _namesake(thing: Any, home: Any) -> Any:
    """PyTorch's, with the same arguments bound."""
    name = origin(thing).__name__
    found = getattr(home, name, None)
    if found is None:
        raise TypeError(
            f"{home.__name__} has no {name}: give the row of it in nonlin.testing.catalogue "
            "`builtin` and `builtin_module`, from PyTorch or nonlin.testing.textbook"
        )
    return partial(found, *thing.args, **thing.keywords) if isinstance(thing, partial) else found


def line(function: Function) -> str:
    """What a function computes: the first line of its docstring, a formula as a rule."""
    first = _paragraphs(function)[0]
    if not first.endswith("."):
        raise ValueError(
            f"nonlin.{origin(function).__name__}: its docstring must begin with a sentence that "
            "says what it computes, such as 'Mish(x) = x·tanh(softplus(x)).'"
        )
    return first


def paper(function: Function) -> str:
    """Who published it, when and where: the second paragraph, or the one after constants."""
    for text in _paragraphs(function)[1:]:
        if re.fullmatch(r"[A-Z].+ (19|20)\d\d, .+", text):
            return text
    raise ValueError(
        f"nonlin.{origin(function).__name__}: the second paragraph of its docstring must say who "
        "published it, when and where, such as 'Misra 2019, arXiv 1908.08681'"
    )


def _paragraphs(function: Function) -> list[str]:
    text = inspect.getdoc(origin(function)) or ""
    return [" ".join(part.split()) for part in text.split("\n\n")]
