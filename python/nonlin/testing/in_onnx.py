"""What activations are in ONNX: names of operators, and where a runtime's are near to ours."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from nonlin.onnx._families import Formula, family_of
from nonlin.onnx._operators import Operators, Value
from nonlin.testing.activation import Activation
from nonlin.testing.gated import Gated
from nonlin.testing.parametric import Parametric
from nonlin.testing.pointwise import Pointwise
from nonlin.testing.runtime import AGREEMENTS, POINTS, SAME, Agreement

RELATIVE = 1e-5
END = 100.0


class _Fake:
    """A value of a model, of two dimensions."""

    shape = (2, 4)


def operators(row: Activation, opset: int, exact: bool = False) -> list[str]:
    """Names of ONNX's operators for float32 at a row's default setting, in their order.

    >>> from nonlin.testing import catalogue
    >>> operators(catalogue["swish"], 20)
    ['Sigmoid', 'Mul']
    """
    found: list[str] = []

    def call(name: str, *inputs: Value, **attributes: object) -> Value:
        found.append(name)
        return (_Fake(), _Fake()) if name == "Split" else _Fake()

    op = getattr(torch.ops.nonlin, row.operator).default
    names = [a.name for a in op._schema.arguments if str(a.type) == "Tensor"]
    arguments: dict[str, Value] = {name: _Fake() for name in names}
    if isinstance(row, Parametric):
        arguments["dim"] = 1
    elif isinstance(row, (Pointwise, Gated)):
        arguments |= {str(i): number for i, number in enumerate(row.arguments())}
    else:
        arguments |= {"k": row.group, "dim": 1}
    formula = Formula(op, exact, torch.float32)
    family_of(op)(formula, Operators(opset, torch.float32, call, lambda *_: _Fake()), arguments)
    return found


def agreement(row: Activation) -> Agreement | None:
    """Of its operator, or of its gate; None for the largest of a group, which rounds nothing."""
    name = row.definition.__name__ if isinstance(row, Gated) else row.operator
    return AGREEMENTS.get(name)


def numbers(row: Activation) -> tuple[float, ...]:
    """Those of a row's default setting."""
    return row.arguments() if isinstance(row, (Pointwise, Gated)) else row.weights


def near(row: Activation) -> str:
    """Where the stated relative error in float32 is below RELATIVE, at the default setting."""
    said = agreement(row)
    if said is None:
        return "all"
    x = torch.arange(-END, END, 0.01, dtype=torch.float64) + 0.005
    y = _value(row, x)
    bound = said.bound(x, y.float(), numbers(row))
    if said.float32 != SAME:  # what is subnormal on the way may be 0
        bound += torch.finfo(torch.float32).tiny
    good = bound <= RELATIVE * y.abs()
    if _value(row, x.new_tensor([-10.0])) == 0:  # and nothing vanishes by degrees
        good |= y == 0
    return ", ".join(_intervals(x, good)) or "none"


def _value(row: Activation, x: Tensor) -> Tensor:
    if isinstance(row, Gated):
        return row.at(x, *row.arguments()).value
    return row.function(x, *(x.new_tensor(w) for w in row.weights))


def _intervals(x: Tensor, good: Tensor) -> Iterator[str]:
    """Of a grid, to the inside."""
    inside = good.tolist()
    if all(inside):
        yield "all"
        return
    starts = [i for i, ok in enumerate(inside) if ok and (i == 0 or not inside[i - 1])]
    ends = [i for i, ok in enumerate(inside) if ok and (i + 1 == len(inside) or not inside[i + 1])]
    for first, last in zip(starts, ends, strict=True):
        low, high = (f"{x[i].item():.2f}" for i in (first, last))
        if first == 0:
            yield f"x < {high}"
        elif last + 1 == len(inside):
            yield f"x > {low}"
        else:
            yield f"{low} to {high}"


def departures(row: Activation) -> str:
    """Points at which the runtime gives another number than ours, signs of zeros left aside."""
    said = agreement(row)
    if said is None:
        return "NaN may be lost"
    found = []
    for point, value in said.departs(*numbers(row)).items():
        if value != 0 or point == "NaN":
            found.append(f"{point}: {'NaN' if value != value else format(value, 'g')}")
    for point, value in said.in_float16.items():
        found.append(f"{point}: {value:g} in float16")
    assert set(POINTS) >= {text.split(":")[0] for text in found}
    return ", ".join(found)
