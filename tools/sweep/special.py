"""Values and slopes at the ends of the range, at zero and in the tails."""

from __future__ import annotations

import torch

from sweep.inputs import BLOCK
from sweep.slots import Slot
from sweep.subject import Subject

_TAILS = (-6.0, -14.0, -95.0)


def special_values(what: Subject, slot: Slot) -> dict[str, object]:
    """Inputs and results of float32 on the widest instruction set, as text.

    Each input stands in a long tensor of its own kind: PyTorch computes short ones otherwise.
    """
    info = torch.finfo(torch.float32)
    least = info.tiny * info.eps
    numbers = [0.0, -0.0, least, -least, *_TAILS, info.max, info.min]
    numbers += [torch.inf, -torch.inf, torch.nan]
    width = BLOCK // len(numbers)
    x = torch.tensor(numbers, dtype=torch.float32).repeat_interleave(width)
    slot[-1].start(what, x)
    columns: dict[str, object] = {"x": [shortest(number) for number in x[::width].numpy()]}
    for (whose, member), got in slot[-1].results().items():
        if member in what.members[:2]:
            columns[f"{whose} {member}"] = [shortest(number) for number in got[::width].numpy()]
    return columns


def shortest(number: object) -> str:
    """The fewest digits that tell a number of its type from its neighbours."""
    return str(number).removesuffix(".0").replace("e-0", "e-").replace("e+", "e")
