"""Functions whose derivatives can be told from the result keep it in place of their input."""

import pytest
import torch
from accuracy import float32_points, same_bits, special
from device import here
from nonlin.testing.memory import saved_by
from operators import Dispatched
from rows import DTYPES, HALVES, SETTINGS, PointwiseRow
from torch import Tensor

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
# Of functions that keep it at some settings: what they depend on.
BY_NUMBERS = ("leaky_relu", "hardtanh", "threshold")


def points(setting: PointwiseRow, dtype: torch.dtype) -> Tensor:
    """All inputs of 16 bits; of others every exponent and the neighbours of seams."""
    if dtype in HALVES:
        return torch.arange(-(2**15), 2**15, dtype=torch.int16).view(dtype)
    return torch.cat((float32_points(setting)[::64].to(dtype), special(dtype)))


def keeps_result(setting: PointwiseRow, x: Tensor) -> bool:
    """Whether a call keeps its result alone."""
    y, (saved,) = saved_by(lambda: setting.forward(x.detach().requires_grad_()))
    return saved.data_ptr() == y.data_ptr()


def test_it_has_the_derivatives_of_the_input(setting):
    """Bit for bit, at every input: it was rounded to its type, and still tells one side of a kink
    from the other."""
    for dtype in DTYPES:
        x = here(points(setting, dtype))
        if not keeps_result(setting, x[:8]):
            continue
        y = setting.forward(x)
        for member in ("slope", "curvature"):
            got, want = setting.computed(member, y), setting.computed(member, x)
            wrong = x[(got != want) & ~(got.isnan() & want.isnan())]
            assert not len(wrong), f"{setting} {member}, {dtype}: not that of the input at {wrong}"


def test_settings_that_keep_it():
    """Each name has a setting that does; where numbers or the type decide, one that does not."""
    found: dict[str, set[bool]] = {}
    for setting in SETTINGS:
        for dtype in (torch.float32, torch.bfloat16):
            kept = keeps_result(setting, here(torch.ones(2, dtype=dtype)))
            found.setdefault(setting.operator, set()).add(kept)
    assert found.keys() & set(BY_NUMBERS) == set(BY_NUMBERS)
    assert {name for name, kept in found.items() if len(kept) == 2} == set(BY_NUMBERS)
    always = {name for name, kept in found.items() if kept == {True}}
    assert {"relu", "sign", "hardshrink"} <= always


@pytest.mark.parametrize("inplace", [False, True])
def test_second_derivatives_go_to_the_input(setting, inplace):
    """By one double backward: not to the result, and from there to the input by backward."""
    leaf = here(torch.linspace(-2, 2, 41)).requires_grad_()
    if not keeps_result(setting, leaf):
        pytest.skip("it keeps its input")
    x = leaf * 1
    g = torch.randn_like(x).requires_grad_()
    with Dispatched() as seen:
        y = setting.function(x, inplace=inplace)
        (slope,) = torch.autograd.grad(y, leaf, g, create_graph=True)
        by_g, by_x = torch.autograd.grad(slope, (g, leaf), torch.ones_like(y), create_graph=True)
    name = f"nonlin.{setting.operator}"
    value = f"{name}_.default" if inplace else f"{name}.default"
    assert seen.ours() == [value, f"{name}_backward.default", f"{name}_double_backward.default"]
    assert same_bits(by_g, setting.computed("slope", leaf.detach()))
    assert by_x.count_nonzero() == 0
    assert by_x.requires_grad


@pytest.mark.parametrize("row", [s for s in SETTINGS if s.operator == "leaky_relu"], ids=str)
def test_in_place(row):
    """The same gradients in place, and what is written over is noticed."""
    leaf = here(torch.linspace(-2, 2, 41)).requires_grad_()
    (want,) = torch.autograd.grad(row.forward(leaf).square().sum(), leaf)
    x = leaf * 1
    where = x.data_ptr()
    y = row.function(x, inplace=True)
    assert y.data_ptr() == where
    (got,) = torch.autograd.grad(y.square().sum(), leaf)
    assert same_bits(got, want)
    if keeps_result(row, leaf):
        y = row.forward(leaf)
        y.mul_(2)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()
