"""Modules of `nonlin.rectified`."""

from typing import ClassVar

import torch
from torch import Tensor

from nonlin import rectified
from nonlin._arguments import finite, holds, truth
from nonlin.nn._common import InPlace

__all__ = ["Hardtanh", "LeakyReLU", "ReLU", "ReLU6", "SquaredReLU", "Threshold"]


class ReLU(InPlace, torch.nn.ReLU):
    """x where x > 0, 0 elsewhere; see `nonlin.relu`.

    inplace: overwrite the input

    >>> ReLU()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0., 0., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return rectified.relu(input, self.inplace)


class ReLU6(InPlace, torch.nn.ReLU6):
    """x between 0 and 6; see `nonlin.relu6`.

    inplace: overwrite the input

    >>> ReLU6()(torch.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return rectified.relu6(input, self.inplace)


class LeakyReLU(torch.nn.LeakyReLU):
    """x where x > 0, negative_slope·x elsewhere; see `nonlin.leaky_relu`.

    negative_slope: any finite number
    inplace: overwrite the input

    >>> LeakyReLU(0.1)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1000,  0.0000,  1.0000])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    negative_slope: float  # for TorchScript, whatever number was given

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        truth("nonlin.nn.LeakyReLU", "inplace", inplace)
        negative_slope = finite("nonlin.nn.LeakyReLU", "negative_slope", negative_slope)
        super().__init__(negative_slope, inplace)

    def forward(self, input: Tensor) -> Tensor:
        return rectified.leaky_relu(input, self.negative_slope, self.inplace)


class Hardtanh(torch.nn.Hardtanh):
    """x between two limits; see `nonlin.hardtanh`.

    min_val: any finite number
    max_val: any finite number above `min_val`
    inplace: overwrite the input

    >>> Hardtanh()(torch.tensor([-3.0, 0.5, 3.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    min_val: float  # for TorchScript, whatever number was given
    max_val: float

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        caller = "nonlin.nn.Hardtanh"
        truth(caller, "inplace", inplace)
        if min_value is not None:
            min_value = finite(caller, "min_value", min_value)
        if max_value is not None:
            max_value = finite(caller, "max_value", max_value)
        low = finite(caller, "min_val", min_val) if min_value is None else min_value
        high = finite(caller, "max_val", max_val) if max_value is None else max_value
        if holds(low >= high):
            raise ValueError(
                f"{caller}: `max_val` must be greater than `min_val`, got {high}, {low}"
            )
        # PyTorch's warns of the old names.
        super().__init__(min_val, max_val, inplace, min_value, max_value)

    def forward(self, input: Tensor) -> Tensor:
        return rectified.hardtanh(input, self.min_val, self.max_val, self.inplace)


class Threshold(torch.nn.Threshold):
    """x where x > threshold, value elsewhere; see `nonlin.threshold`.

    threshold: any finite number
    value: any finite number
    inplace: overwrite the input

    >>> Threshold(0.5, -2.0)(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-2., -2.,  1.])
    """

    __constants__: ClassVar[list[str]] = ["inplace"]  # type: ignore[misc]
    threshold: float  # for TorchScript, whatever number was given
    value: float

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        truth("nonlin.nn.Threshold", "inplace", inplace)
        threshold = finite("nonlin.nn.Threshold", "threshold", threshold)
        value = finite("nonlin.nn.Threshold", "value", value)
        super().__init__(threshold, value, inplace)

    def forward(self, input: Tensor) -> Tensor:
        return rectified.threshold(input, self.threshold, self.value, self.inplace)


class SquaredReLU(InPlace, torch.nn.Module):
    """max(x, 0)²; see `nonlin.squared_relu`.

    inplace: overwrite the input

    >>> SquaredReLU()(torch.tensor([-1.0, 0.0, 3.0]))
    tensor([0., 0., 9.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return rectified.squared_relu(input, self.inplace)
