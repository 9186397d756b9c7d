"""ONNX's operators of one version, for tensors of one type: what translations are written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Value = Any  # of ONNX: a tensor of a model, known by its type and shape

# As ONNX numbers element types.
ELEMENT_TYPES = {
    torch.float32: 1,
    torch.uint8: 2,
    torch.int64: 7,
    torch.bool: 9,
    torch.float16: 10,
    torch.float64: 11,
    torch.bfloat16: 16,
}
LAST = 2**63 - 1  # as the end of a slice: whatever there is


class Operators:
    """`op.Mul(a, b)` and all others of a version, and constants.

    call: makes the node of an operator: its name, its inputs and its attributes
    constant: makes the value of numbers in a dtype: one number, or a list for a vector
    dtype: that of constants, unless another one is named
    """

    def __init__(
        self,
        version: int,
        dtype: torch.dtype,
        call: Callable[..., Value],
        constant: Callable[[float | list[int], torch.dtype], Value],
    ) -> None:
        self.version, self.dtype = version, dtype
        self._call, self._constant = call, constant

    def __getattr__(self, name: str) -> Callable[..., Value]:
        if not name[0].isupper():
            raise AttributeError(name)
        return lambda *inputs, **attributes: self._call(name, *inputs, **attributes)

    def of(self, dtype: torch.dtype) -> Operators:
        """The same with constants of another dtype."""
        return Operators(self.version, dtype, self._call, self._constant)

    def number(self, value: float, dtype: torch.dtype | None = None) -> Value:
        """A constant without dimensions."""
        return self._constant(value, dtype or self.dtype)

    def integers(self, *values: int) -> Value:
        """A constant vector, of sizes or dimensions."""
        return self._constant(list(values), torch.int64)

    def cast(self, value: Value, dtype: torch.dtype) -> Value:
        """The value in that dtype."""
        return self.Cast(value, to=ELEMENT_TYPES[dtype])

    def every(self, value: Value, step: int, start: int, dim: int) -> Value:
        """Every `step`-th entry of a dimension, from `start` on."""
        ends = (self.integers(start), self.integers(LAST))
        return self.Slice(value, *ends, self.integers(dim), self.integers(step))
