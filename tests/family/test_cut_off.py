"""Where a kink cuts a function off, no gradient passes, not even an infinite one."""

import pytest
import torch
from device import here
from rows import SETTINGS, PointwiseRow
from torch.autograd import grad

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
ROWS = [s for s in SETTINGS if not s.options and s.operator != "elu"]
INFINITE = (torch.inf, -torch.inf, torch.nan)


@pytest.fixture(params=ROWS, ids=str)
def row(request) -> PointwiseRow:
    if not request.param.seams:
        pytest.skip("its slope is 0 over no stretch")
    return request.param


def test_functions_that_cut_off():
    cut = {s.operator for s in ROWS if s.seams}
    assert {"relu", "hardtanh", "hardshrink", "sign", "hardswish"} <= cut


def test_nothing_passes(row: PointwiseRow):
    """As in PyTorch: √relu(x) has the gradient 0 at x < 0, where that of the root is infinite."""
    x = here(torch.linspace(-7, 7, 85)).requires_grad_()
    slope = row.computed("slope", x.detach())
    for value in INFINITE:
        g = torch.full_like(x, value)
        (got,) = grad(row.forward(x), x, g)
        assert (got[slope == 0] == 0).all(), f"{row}, gradient {value}: {got}"
        passed = got[slope != 0]
        assert (~passed.isfinite()).all()
    root = row.forward(x).relu().sqrt()
    (got,) = grad(root.sum(), x)
    assert (got[slope == 0] == 0).all()


def test_nothing_passes_twice(row: PointwiseRow):
    x = here(torch.linspace(-7, 7, 85))
    slope = row.computed("slope", x)
    for value in INFINITE:
        v = torch.full_like(x, value)
        first, _ = row.double_backward(v, torch.ones_like(x), x)
        assert (first[slope == 0] == 0).all()
