"""PyTorch's own sample, reference and error inputs for its activations, run against ours."""

import copy
import functools

import nonlin
import pytest
import torch
import torch.nn.functional as F
from device import device_name
from rows import DTYPES
from torch.autograd import grad
from torch.testing import assert_close

pytestmark = pytest.mark.devices

common = pytest.importorskip("torch.testing._internal.common_methods_invocations")
INFOS = {info.name: info for info in common.op_db if info.name.startswith("nn.functional.")}
OURS = {name: getattr(nonlin, name) for name in ("gelu", "silu", "mish", "elu", "celu", "selu")}
THEIRS = {name: getattr(F, name) for name in OURS}

each = pytest.mark.parametrize("name", OURS)
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def info_for(name: str):
    """PyTorch's entry with our function in it."""
    info = copy.copy(INFOS[f"nn.functional.{name}"])
    info.op, info.decorators, info.skips = OURS[name], (), ()
    return info


def reference(name: str, sample):
    """Ours in higher precision, for where we differ from PyTorch on purpose."""
    catalogue = nonlin.reference.catalogue
    options = {k: v for k, v in sample.kwargs.items() if k == "alpha"}
    if name == "gelu" and sample.kwargs.get("approximate") == "tanh":
        name = "gelu_tanh"
    row = catalogue["swish" if name == "silu" else name]
    return functools.partial(row.jet, **options)


def close(ours, theirs, x, jet, member) -> None:
    """As PyTorch, but where it gives NaN for a limit or has lost a tail: there as mathematics."""
    tolerance = {torch.float64: 1e-7, torch.float32: 1e-5, torch.float16: 2e-3}.get(x.dtype, 1.6e-2)
    agree = torch.isclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True)
    finite = theirs.isfinite()
    # Where PyTorch is finite it has an absolute error at most.
    assert_close(ours[finite], theirs[finite], rtol=tolerance, atol=3 * tolerance)
    exact = getattr(jet(x[~agree]), member).to(x)
    assert_close(ours[~agree], exact, rtol=tolerance, atol=0, equal_nan=True)


@DTYPE
@pytest.mark.parametrize("kind", ["sample_inputs", "reference_inputs"])
@each
def test_samples(name, kind, dtype):
    differentiable = kind == "sample_inputs"
    info, count = info_for(name), 0
    for sample in getattr(info, kind)(device_name(), dtype, requires_grad=differentiable):
        kwargs = {k: v for k, v in sample.kwargs.items() if k != "inplace"}
        ours = info.op(sample.input, *sample.args, **kwargs)
        theirs = THEIRS[name](sample.input, *sample.args, **kwargs)
        x, jet = sample.input.detach(), reference(name, sample)
        assert ours.stride() == theirs.stride() or x.numel() < 2
        close(ours.detach(), theirs.detach(), x, jet, "value")
        if differentiable and ours.numel():
            g = torch.ones_like(ours)
            close(*(grad(y, sample.input, g)[0] for y in (ours, theirs)), x, jet, "slope")
        count += 1
    assert count >= 3


@pytest.mark.parametrize("name", [name for name in OURS if name != "gelu"])
def test_in_place_samples(name):
    info = info_for(name)
    for sample in info.sample_inputs(device_name(), torch.float64):
        kwargs = {k: v for k, v in sample.kwargs.items() if k != "inplace"}
        x = sample.input.clone()
        assert info.op(x, *sample.args, inplace=True, **kwargs) is x
        assert_close(x, THEIRS[name](sample.input, *sample.args, **kwargs))


@each
def test_extreme_samples(name):
    """Infinities, NaN, large numbers, at lengths where vectorised kernels change their ways."""
    for dtype in (torch.float32, torch.float64):
        values = [0.0, -0.0, 1.0, -1.0, 1e4, -1e4, 1e30, -1e30, torch.inf, -torch.inf, torch.nan]
        for length in (1, 7, 16, 33, 100):
            x = torch.tensor(values, dtype=dtype).repeat_interleave(length).requires_grad_()
            ours, theirs = OURS[name](x), THEIRS[name](x)
            exact = nonlin.reference.catalogue["swish" if name == "silu" else name].jet(x)
            assert_close(ours.detach(), exact.value.to(x), equal_nan=True)
            right = theirs.isfinite()
            assert_close(ours[right], theirs[right], rtol=1e-5, atol=1e-6)
            (slope,) = grad(ours.sum(), x)
            assert_close(slope, exact.slope.to(x), equal_nan=True)


@each
def test_error_inputs(name):
    info = info_for(name)
    errors = list(info.error_inputs(device_name())) if info.error_inputs_func else []
    assert bool(errors) == (name == "gelu")
    for error in errors:
        sample = error.sample_input
        with pytest.raises(error.error_type):
            THEIRS[name](sample.input, *sample.args, **sample.kwargs)
        with pytest.raises(error.error_type, match=f"nonlin::{name}"):
            info.op(sample.input, *sample.args, **sample.kwargs)


@each
def test_refused_types(name):
    """Refused with PyTorch's type of error; some of its activations take complex numbers."""
    for dtype in (torch.int64, torch.bool, torch.complex64):
        x = torch.ones(3).to(dtype)
        with pytest.raises(NotImplementedError) as ours:
            OURS[name](x)
        try:
            THEIRS[name](x)
        except (RuntimeError, TypeError) as theirs:
            assert issubclass(ours.type, type(theirs)) or issubclass(type(theirs), ours.type)
        else:
            assert dtype.is_complex
