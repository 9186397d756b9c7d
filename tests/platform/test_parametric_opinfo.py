"""PyTorch's own sample, reference and error inputs for PReLU, run against ours."""

import pytest
import torch
import torch.nn.functional as F
from accuracy import same_bits
from device import device_name
from messages import called
from rows import DTYPES
from torch.autograd import grad, gradcheck, gradgradcheck
from torch.testing import assert_close

pytestmark = pytest.mark.devices

common = pytest.importorskip("torch.testing._internal.common_methods_invocations")
(INFO,) = (info for info in common.op_db if info.name == "nn.functional.prelu")
prelu = torch.ops.nonlin.prelu
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def samples(kind: str, dtype: torch.dtype):
    for sample in getattr(INFO, kind)(device_name(), dtype):
        (weight,) = (*sample.args, *sample.kwargs.values())
        yield sample.input.detach().requires_grad_(), weight.detach().requires_grad_()


@DTYPE
@pytest.mark.parametrize("kind", ["sample_inputs", "reference_inputs"])
def test_samples(kind, dtype):
    """Values and gradients of the input bit for bit, of the weight within what sums allow."""
    count = 0
    for x, w in samples(kind, dtype):
        ours, theirs = prelu(x, w), F.prelu(x, w)
        assert same_bits(ours.detach(), theirs.detach())
        assert ours.stride() == torch.empty_like(x).stride()
        g = torch.randn(ours.shape).to(dtype)
        (x1, w1), (x2, w2) = (grad(y, (x, w), g) for y in (ours, theirs))
        assert same_bits(x1, x2)
        tolerance = 8 * torch.finfo(dtype).eps
        terms = (g * x.detach()).abs().nan_to_num(0, 0).sum().item()
        assert_close(w1, w2, rtol=tolerance, atol=tolerance * max(1, terms), equal_nan=True)
        count += 1
    assert count >= 4


def test_derivatives_of_samples():
    for x, w in samples("sample_inputs", torch.float64):
        if 0 < x.numel() < 200:
            assert gradcheck(prelu, (x, w), check_forward_ad=True, check_batched_grad=True)
            assert gradgradcheck(prelu, (x, w), check_fwd_over_rev=True)


def test_error_inputs(parametric):
    """Refused as F.prelu refuses them, by both of our operators."""
    errors = list(INFO.error_inputs(device_name()))
    assert len(errors) == 3
    for error in errors:
        sample = error.sample_input
        with pytest.raises(error.error_type):
            F.prelu(sample.input, *sample.args, **sample.kwargs)
        with pytest.raises(error.error_type, match=called(parametric, "")):
            parametric.forward(sample.input, *sample.args, *sample.kwargs.values())


def test_refused_types(parametric):
    """With the type of error that PyTorch has, or one derived from it."""
    for dtype in (torch.int64, torch.bool, torch.complex64):
        x = torch.ones(2, 3).to(dtype)
        with pytest.raises((RuntimeError, TypeError)) as theirs:
            F.prelu(x, torch.ones(3, dtype=dtype))
        with pytest.raises(NotImplementedError) as ours:
            parametric.forward(x, torch.ones(3, dtype=dtype))
        assert issubclass(ours.type, theirs.type)


@DTYPE
def test_special_values(dtype):
    """Zeros keep their sign, NaN goes through, ∞·0 is NaN: as PyTorch has it."""
    values = [0.0, -0.0, 1.0, -1.0, torch.inf, -torch.inf, torch.nan, 1e30, -1e30, 1e-45, -1e-45]
    x = torch.tensor(values, dtype=dtype)
    for length in (1, 7, 33):
        many = x.repeat_interleave(length).requires_grad_()
        for value in (0.25, 0.0, -0.0, -1.5, torch.inf, torch.nan):
            w = torch.tensor([value], dtype=dtype, requires_grad=True)
            ours, theirs = prelu(many, w), F.prelu(many, w)
            assert same_bits(ours.detach(), theirs.detach())
            (one, other) = (grad(y.sum(), many)[0] for y in (ours, theirs))
            assert same_bits(one, other)
