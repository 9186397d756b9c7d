"""Inputs of any shape with a weight along any dimension: elements, sums, shapes without entries."""

import pytest
import torch
from passes import check
from rows import DTYPES, make_weight

pytestmark = pytest.mark.devices

# Batch, channels and what is inside of them.
SHAPES = {
    "images": (3, 5, 7, 7),
    "one inside": (9, 5, 1),
    "three inside": (9, 5, 3),
    "rows": (200, 5),
    "one channel": (4, 1, 33),
    "one row of one channel": (1, 1, 100),
    "thousands of channels": (3, 4099),
    "thousands of channels with insides": (2, 1030, 3),
    "many rows": (40_000, 2),
    "one long row": (1, 2, 70_000),
    "no rows": (0, 3, 2),
    "no channels": (2, 0, 3),
    "nothing inside": (2, 3, 0),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_shapes(parametric, instruction_set, dtype):
    for name, shape in SHAPES.items():
        x = torch.randn(shape).mul(3).to(dtype)
        for kind in ("scalar", "channels"):
            w = make_weight(kind, x.shape[1], dtype)
            check(parametric, x, w, 1, f"{instruction_set}, {name}, {kind}")


def test_a_single_weight_needs_no_dimension(parametric):
    for shape in ((), (1,), (7,), (0,), (1, 0)):
        x = torch.randn(shape)
        for kind in ("scalar", "single"):
            for dim in (1, 0 if shape else -1):
                check(parametric, x, make_weight(kind, 1, x.dtype), dim, f"{shape}, {kind}")


def test_one_dimension_with_a_weight_for_each(parametric):
    x = torch.randn(40)
    for dim in (0, -1):
        check(parametric, x, make_weight("channels", 40, x.dtype), dim, "one dimension")
