"""What an error has to say."""

from __future__ import annotations

import re

import pytest
import torch
from rows import GatedRow, GroupwiseRow, PackedRow, PointwiseRow, Row
from torch import Tensor


def called(row, kind: str) -> str:
    """The operator as messages call it."""
    return f"nonlin::{row.operator}" + (".out" if kind == "out" else kind)


def ordinary() -> Tensor:
    """An input with 6 weights or 3 groups of 2 along dimension 1."""
    return torch.linspace(-2, 2, 24).view(4, 6)


def first_tensor(row: Row, kind: str) -> str:
    """What the argument is called that has the input's type."""
    if isinstance(row, GroupwiseRow):
        return {"_backward": "grad_output", "_gather": "input"}.get(kind, "self")
    return "self"


def arguments(row: Row, kind: str, **given) -> dict[str, object]:
    """Of an operator, by name: ordinary ones of the type and device of `self`, unless given."""
    self = given.get("self")
    self = self if isinstance(self, Tensor) else ordinary()
    grouped = isinstance(row, (GroupwiseRow, PackedRow))
    half = self[:, :3] if grouped and self.dim() > 1 and self.layout == torch.strided else self
    weight = torch.linspace(-0.2, 0.3, 6, device=self.device)
    values = {"dim": 1, "k": 2, "weight": weight, "beta": weight, "grad_grad_weight": weight}
    values["index"] = torch.zeros(half.shape, dtype=torch.uint8, device=self.device)
    values |= {"out": torch.zeros(4, 3, device=self.device) if grouped else self}
    values |= {"grad_output": half}
    if isinstance(row, (PointwiseRow, GatedRow, PackedRow)):
        values["layout"] = 0
        names = [a.name for a in row.overload()._schema.arguments if str(a.type) == "number"]
        values |= zip(names, row.parameters, strict=True)
    names = [a.name for a in row.overload(kind)._schema.arguments if a.name != "output_mask"]
    return {name: given.get(name, values.get(name, self)) for name in names}


def call(row: Row, kind: str, **given):
    """An operator, with ordinary arguments unless given."""
    values = arguments(row, kind, **given)
    named = {"out": values.pop("out")} if "out" in values else {}
    return row.overload(kind)(*values.values(), **named)


def refuses(row, kind, error, argument: str, *words: str, run) -> None:
    with pytest.raises(error) as caught:
        run()
    message = str(caught.value)
    assert message.startswith(called(row, kind) + ": "), message
    for word in (f"`{argument}`", *words):
        assert word in message, f"{word!r} is missing in: {message}"
    assert not re.search("[Ee]xception raised from|INTERNAL ASSERT", message.split("\n")[0])


def refused(row: Row, kind: str, error, argument: str, *words: str, **given) -> None:
    """A call with these arguments is an error, and none of them is written."""
    values = arguments(row, kind, **given)
    kept = {name: t.clone() for name, t in values.items() if isinstance(t, Tensor)}
    refuses(row, kind, error, argument, *words, run=lambda: call(row, kind, **values))
    for name, before in kept.items():
        assert values[name].shape == before.shape, f"{called(row, kind)} resized `{name}`"
        a, b = (t.detach().flatten().view(torch.uint8) for t in (values[name], before))
        assert a.is_meta or torch.equal(a, b), f"{called(row, kind)} wrote `{name}`"
