"""What an error has to say."""

from __future__ import annotations

import re

import pytest
import torch


def called(case, kind: str) -> str:
    """The operator as messages call it."""
    return f"nonlin::{case.operator}" + (".out" if kind == "out" else kind)


def call(case, kind: str, self: torch.Tensor, parameters=None, **tensors):
    """Calls an operator of `case` with `self` for every tensor that is not given by name."""
    overload = case.overload(kind)
    parameters = case.parameters if parameters is None else parameters
    names = [a.name for a in overload._schema.arguments if str(a.type) == "Tensor"]
    positional = [tensors.get(name, self) for name in names if name != "out"]
    named = {"out": tensors.get("out", self)} if kind == "out" else {}
    return overload(*positional, *parameters, **named)


def refuses(case, kind, error, argument: str, *words: str, run) -> None:
    with pytest.raises(error) as caught:
        run()
    message = str(caught.value)
    assert message.startswith(called(case, kind) + ": "), message
    for word in (f"`{argument}`", *words):
        assert word in message, f"{word!r} is missing in: {message}"
    assert not re.search("[Ee]xception raised from|INTERNAL ASSERT", message.split("\n")[0])
