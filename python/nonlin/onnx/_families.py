"""How calls of a family's operators become ONNX: the shapes of what formulas are applied to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._ops import OpOverload

from nonlin._layouts import LAYOUTS
from nonlin.onnx._expression import expression
from nonlin.onnx._operators import Operators, Value
from nonlin.onnx._standard import STANDARD

Call = dict[str, Any]  # the arguments by name


def family_of(op: OpOverload) -> Callable[[Formula, Operators, Call], Value]:
    """By its schema, as there are operators that the library does not know."""
    kinds = {a.name: str(a.type) for a in op._schema.arguments[1:]}
    if "layout" in kinds:
        return packed
    if "k" in kinds:
        return groupwise
    if "Tensor" in kinds.values():
        return gated if "up" in kinds else parametric
    return pointwise


class Formula:
    """What an operator computes, once its tensors have the shapes for it.

    dtype: the one in which it is: float32 for bfloat16, which runtimes have few kernels for
    """

    def __init__(self, op: OpOverload, exact: bool, dtype: torch.dtype) -> None:
        namespace, name = op._schema.name.split("::")
        name = name.removesuffix("_packed")
        self.op = getattr(getattr(torch.ops, namespace), name).default
        self.given = dtype
        self.dtype = torch.float32 if dtype == torch.bfloat16 else dtype
        self.standard = None if exact or namespace != "nonlin" else STANDARD.get(name)

    def __call__(
        self, op: Operators, tensors: Sequence[Value], numbers: Sequence[float], dim: int = 0
    ) -> Value:
        """dim: that of groups, for operators that have them."""
        if self.dtype == self.given:
            return self._within(op, tensors, numbers, dim)
        wide = [op.cast(t, self.dtype) for t in tensors]
        return op.cast(self._within(op.of(self.dtype), wide, numbers, dim), self.given)

    def _within(
        self, op: Operators, tensors: Sequence[Value], numbers: Sequence[float], dim: int
    ) -> Value:
        if self.standard and self._attributes_hold(numbers):
            result = self.standard(op, *tensors, *numbers)
            if result is not None:
                return result
        size = int(numbers[0]) if family_of(self.op) is groupwise else 1
        dtypes = (self.dtype,) * len(tensors)
        return expression(self.op, dtypes, tuple(numbers), size).in_onnx(op, tensors, dim)

    def _attributes_hold(self, numbers: Sequence[float]) -> bool:
        """Attributes are float32: other numbers of float64 would be rounded."""
        return self.dtype != torch.float64 or all(
            n == torch.tensor(n, dtype=torch.float32).item() for n in numbers
        )


def pointwise(f: Formula, op: Operators, call: Call) -> Value:
    x, *numbers = call.values()
    return f(op, [x], numbers)


def gated(f: Formula, op: Operators, call: Call) -> Value:
    gate, up, *numbers = call.values()
    return f(op, [gate, up], numbers)


def packed(f: Formula, op: Operators, call: Call) -> Value:
    x, *numbers, dim, layout = call.values()
    dim %= len(x.shape)
    if LAYOUTS[layout] == "interleaved":
        gate, up = (op.every(x, 2, start, dim) for start in (0, 1))
    else:
        gate, up = op.Split(x, axis=dim, num_outputs=2)
        if LAYOUTS[layout] == "gate_last":
            gate, up = up, gate
    return f(op, [gate, up], numbers)


def parametric(f: Formula, op: Operators, call: Call) -> Value:
    """The weight has as many dimensions as the input, all but one of size 1."""
    x, weight, dim = call.values()
    rank = len(x.shape)
    shape = [1] * rank
    if -rank <= dim < rank:
        shape[dim] = -1
    if len(weight.shape) != rank or rank > 1:
        weight = op.Reshape(weight, op.integers(*shape))
    return f(op, [x, weight], [])


def groupwise(f: Formula, op: Operators, call: Call) -> Value:
    """Of the groups in a dimension of their own, or of every k-th entry of theirs."""
    x, k, dim = call.values()
    dim %= len(x.shape)
    if not f.standard:
        return f(op, [x], [k, 0], dim)
    sizes = [op.Shape(x, start=i, end=i + 1) for i in range(len(x.shape))]
    sizes[dim : dim + 1] = [op.Div(sizes[dim], op.integers(k)), op.integers(k)]
    shape = op.Concat(*sizes, axis=0) if len(sizes) > 1 else sizes[0]
    groups = op.Reshape(x, shape, allowzero=1)  # a size of 0 is one, and not the input's
    return f(op, [groups], [dim + 1])
