"""Expressions of operators in ONNX: each operator of ATen that they use, by ONNX's own.

They are recorded, on tensors without memory that have one element, as nothing in an expression
depends on shapes: ONNX broadcasts. So a formula is written once, in `ops/`, for all compilers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from nonlin import decomposition
from nonlin.onnx._operators import Operators, Value


class Place(int):
    """Of a tensor among all that an expression has. Those that are given come first."""


class Step(NamedTuple):
    """A call of an operator of ATen, in which places stand for tensors."""

    function: OpOverload
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    result: Place


class Expression(NamedTuple):
    """What an operator computes of tensors, step by step.

    dtypes: of all tensors
    scalars: places of those that are constants, which have no dimensions here
    """

    name: str
    steps: tuple[Step, ...]
    result: Place
    dtypes: tuple[torch.dtype, ...]
    scalars: frozenset[int]

    def in_onnx(self, op: Operators, given: Sequence[Value], dim: int = 0) -> Value:
        """The same of values of a model, the first of which has the shape of the result.

        dim: the dimension of groups, if the operator has them
        """
        values: dict[int, Value] = dict(enumerate(given))
        for step in self.steps:
            values[step.result] = self._value(op, step, values, dim)
        result = values[self.result]
        return op.Expand(result, op.Shape(given[0])) if self.result in self.scalars else result

    def _value(self, op: Operators, step: Step, values: dict[int, Value], dim: int) -> Value:
        name = step.function.overloadpacket.__name__
        of = self.dtypes[step.result]
        if name in CONSTANTS:
            return op.number(_constant(name, step), of)
        places = [a for a in step.arguments if isinstance(a, Place)]
        if name == "slice":
            start, _, size = (list(step.arguments) + [None] * 3)[2:5]
            of_all = values[places[0]]
            return of_all if size in (None, 1) else op.every(of_all, size, start or 0, dim)
        if name == "_to_copy":
            same = self.dtypes[places[0]] == of
            return values[places[0]] if same else op.cast(values[places[0]], of)
        if name in SAME:
            return values[places[0]]
        if name not in ELEMENTWISE or step.options:
            raise NotImplementedError(
                f"nonlin.onnx: the expression of {self.name} in {self.dtypes[0]} uses "
                f"{step.function}, which ONNX has not: export in float32, or without `exact`"
            )
        beside = op.of(self.dtypes[places[-1]])
        operands = [values[a] if isinstance(a, Place) else beside.number(a) for a in step.arguments]
        return ELEMENTWISE[name](beside, *operands)


CONSTANTS = ("full_like", "full", "scalar_tensor", "zeros_like", "ones_like")
SAME = ("view", "permute", "detach", "alias", "expand", "clone", "lift_fresh", "squeeze")


def _constant(name: str, step: Step) -> float:
    if name in ("zeros_like", "ones_like"):
        return float(name == "ones_like")
    return float(step.arguments[0 if name == "scalar_tensor" else 1])


def _log1p(op: Operators, x: Value) -> Value:
    """Of a rounded sum u = 1 + x the logarithm, times what rounding did: x/(u − 1)."""
    one = op.number(1)
    u = op.Add(x, one)
    moved = op.Sub(u, one)
    near = op.Mul(op.Log(u), op.Div(x, moved))
    far = op.Or(op.Equal(moved, op.number(0)), op.Equal(u, op.number(torch.inf)))
    return op.Where(far, x, near)


def _expm1(op: Operators, x: Value) -> Value:
    """Of a rounded power u = eˣ the difference u − 1, times what rounding did: x/log(u)."""
    one = op.number(1)
    u = op.Exp(x)
    difference = op.Sub(u, one)
    near = op.Mul(difference, op.Div(x, op.Log(u)))
    inside = op.Less(op.Abs(x), op.number(1))
    return op.Where(op.Equal(u, one), x, op.Where(inside, near, difference))


# By operators of ATen, of operands that are all values. ONNX has no erfc.
ELEMENTWISE: dict[str, Callable[..., Value]] = {
    "abs": lambda op, x: op.Abs(x),
    "add": lambda op, a, b: op.Add(a, b),
    "bitwise_and": lambda op, a, b: op.And(a, b),
    "__and__": lambda op, a, b: op.And(a, b),
    "bitwise_not": lambda op, a: op.Not(a),
    "cos": lambda op, x: op.Cos(x),
    "div": lambda op, a, b: op.Div(a, b),
    "eq": lambda op, a, b: op.Equal(a, b),
    "erf": lambda op, x: op.Erf(x),
    "exp": lambda op, x: op.Exp(x),
    "expm1": _expm1,
    "ge": lambda op, a, b: op.GreaterOrEqual(a, b),
    "gt": lambda op, a, b: op.Greater(a, b),
    "le": lambda op, a, b: op.LessOrEqual(a, b),
    "log": lambda op, x: op.Log(x),
    "log1p": _log1p,
    "lt": lambda op, a, b: op.Less(a, b),
    "maximum": lambda op, a, b: op.Max(a, b),
    "minimum": lambda op, a, b: op.Min(a, b),
    "mul": lambda op, a, b: op.Mul(a, b),
    "neg": lambda op, x: op.Neg(x),
    "relu": lambda op, x: op.Max(x, op.number(0)),
    "reciprocal": lambda op, x: op.Reciprocal(x),
    "sin": lambda op, x: op.Sin(x),
    "sqrt": lambda op, x: op.Sqrt(x),
    "sub": lambda op, a, b: op.Sub(a, b),
    "where": lambda op, c, a, b: op.Where(c, a, b),
}


@functools.cache
def expression(
    op: OpOverload, dtypes: tuple[torch.dtype, ...], options: tuple[float, ...], size: int = 1
) -> Expression:
    """Of an operator, for tensors of these dtypes, each with so many elements, and its numbers."""
    given = [torch.empty(size, dtype=dtype, device="meta") for dtype in dtypes]
    recorder = _Recorder(given)
    with recorder:
        result = decomposition.expression(op, *given, *options)
    return recorder.expression(op._schema.name, result)


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Writes down what the dispatcher sees."""

    def __init__(self, given: list[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tensors = list(given)  # all are kept, so that none takes the place of another
        self.places = {id(t): Place(i) for i, t in enumerate(given)}
        self.steps: list[Step] = []
        self.scalars: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and id(result) not in self.places:
            self._record(func, args, kwargs or {}, result)
        return result

    def _record(self, func: OpOverload, args: Any, options: dict[str, Any], result: Tensor) -> None:
        place = self.places[id(result)] = Place(len(self.tensors))
        self.tensors.append(result)
        arguments = tuple(self.places.get(id(a), a) if isinstance(a, Tensor) else a for a in args)
        self.steps.append(Step(func, arguments, options, place))
        operands = {a for a in arguments if isinstance(a, Place)}
        if func.overloadpacket.__name__ in CONSTANTS or operands <= self.scalars:
            self.scalars.add(place)

    def expression(self, name: str, result: Tensor) -> Expression:
        """Without steps that nobody needs."""
        needed, steps = {self.places[id(result)]}, []
        for step in reversed(self.steps):
            if step.result in needed:
                steps.append(step)
                constant = step.function.overloadpacket.__name__ in CONSTANTS
                of = () if constant else step.arguments
                needed.update(a for a in of if isinstance(a, Place))
        dtypes = tuple(t.dtype for t in self.tensors)
        scalars = frozenset(self.scalars)
        return Expression(name, tuple(steps[::-1]), self.places[id(result)], dtypes, scalars)
