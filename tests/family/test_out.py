"""`out=`: any layout is written, what does not fit is resized, and a wrong type is refused."""

import warnings

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from accuracy import same_bits
from messages import call, ordinary, refused
from rows import DTYPES
from torch import Tensor

pytestmark = pytest.mark.devices


def samples(row, x: Tensor | None = None):
    """With what the operator gives, and a tensor like it to write to."""
    for s in row.with_input(ordinary() if x is None else x):
        want = row.forward(*s.arguments)
        yield s, want, torch.zeros_like(want)


def test_value(activation):
    for dtype in DTYPES:
        for s, want, out in samples(activation, torch.randn(5, 6, 3).to(dtype)):
            address = out.data_ptr()
            assert activation.out(*s.arguments, out=out) is out
            assert same_bits(out, want), f"{s.name}, {dtype}"
            assert out._version == 1 and out.data_ptr() == address


def test_layouts(activation):
    """`out` of the right shape keeps its strides; any layout can be written."""
    for s, want, _ in samples(activation):
        m, n = want.shape
        for out in (
            torch.empty(n, m).t(),
            torch.empty(m, 2 * n)[:, ::2],
            torch.empty(2 * m, n)[::2],
        ):
            strides = out.stride()
            assert activation.out(*s.arguments, out=out) is out
            assert torch.equal(out, want) and out.stride() == strides and out._version == 1


def test_resized(activation, capfd):
    s, want, _ = next(samples(activation))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an empty tensor is resized without a word
        assert torch.equal(activation.out(*s.arguments, out=torch.empty(0)), want)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert torch.equal(activation.out(*s.arguments, out=torch.empty(3)), want)
    # PyTorch 2.11 prints what registered operators warn of.
    said = "".join(str(warning.message) for warning in caught) + capfd.readouterr().err
    assert "An output with one or more elements was resized" in said


def test_gradients(activation):
    """`out=` cannot be differentiated, and says so before it writes."""
    for s, want, out in samples(activation):
        tensors = (*s.tensors, out)
        for i in range(len(tensors)):
            given = [t.clone().requires_grad_(i == j) for j, t in enumerate(tensors)]
            with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
                activation.out(*given[:-1], *s.numbers, out=given[-1])
            assert not given[-1].any()
        for i, t in enumerate(s.tensors):
            with forward_ad.dual_level(), pytest.raises(RuntimeError):
                dual = forward_ad.make_dual(t.clone(), torch.ones(t.shape))
                activation.out(*s.tensors[:i], dual, *s.arguments[i + 1 :], out=out)
        assert not out.any()
        with torch.no_grad():
            activation.out(*s.leaves().arguments, out=out)
        assert torch.equal(out, want)


def test_what_was_saved_is_invalid(activation):
    s, _, buffer = next(samples(activation))
    y = torch.ones_like(buffer).requires_grad_() * buffer
    activation.out(*s.arguments, out=buffer)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_type_and_device(activation):
    """Of any shape: what is refused is not resized before."""
    x = ordinary()
    for shape in (call(activation, "").shape, (3,), (100,), (4, 6, 1), (0,)):
        for dtype in (torch.float64, torch.bfloat16, torch.int64):
            words, out = ("float32", str(dtype).removeprefix("torch.")), torch.ones(shape).to(dtype)
            refused(activation, "out", RuntimeError, "out", *words, out=out)
        for self, out in ((x, torch.ones(shape, device="meta")), (x.to("meta"), torch.ones(shape))):
            words = (str(self.device), str(out.device))
            refused(activation, "out", RuntimeError, "out", *words, self=self, out=out)
