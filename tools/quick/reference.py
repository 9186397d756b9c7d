"""The definition of a formula at one setting."""

from __future__ import annotations

import torch
from nonlin.reference import catalogue
from torch import Tensor


class Setting:
    """A definition, its hyper-parameters and its weight."""

    members = ("value", "slope", "curvature")
    weight = 1.0

    def __init__(self, name: str, parameters: list[float]) -> None:
        self.row = catalogue[name]
        self.parameters = parameters

    def jet(self, x: Tensor) -> list[Tensor]:
        return list(self.row.jet(x))

    def exact_jet(self, x: Tensor) -> list[tuple[Tensor, Tensor]]:
        return list(self.row.exact_jet(x).values())
