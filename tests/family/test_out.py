"""`out=`: any layout is written, what does not fit is resized or refused, and so are overlaps."""

import warnings

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from accuracy import same_bits
from messages import refuses
from rows import DTYPES

pytestmark = pytest.mark.devices

x0 = torch.tensor([-2.5, -0.7, 0.4, 1.9, -1.1, 3.0], dtype=torch.float64)
x = torch.linspace(-2, 2, 6)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_out_value(case, dtype):
    x = torch.randn(5, 7).to(dtype)
    want, out = case.forward(x), torch.empty_like(x)
    assert case.out(x, out=out) is out
    assert same_bits(out, want)


def test_out_layouts(operator):
    """`out` of the right shape keeps its strides; any layout can be written."""
    x = torch.randn(4, 6)
    want = operator.forward(x)
    for out in (torch.empty(6, 4).t(), torch.empty(4, 12)[:, ::2], torch.empty(8, 6)[::2]):
        strides = out.stride()
        assert operator.out(x, out=out) is out
        assert torch.equal(out, want) and out.stride() == strides


def test_out_is_resized(operator, capfd):
    x = torch.randn(4, 6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an empty tensor is resized without a word
        out = torch.empty(0)
        operator.out(x, out=out)
    assert torch.equal(out, operator.forward(x))
    wrong = torch.empty(3)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        operator.out(x, out=wrong)
    # PyTorch 2.11 prints what registered operators warn of.
    said = "".join(str(warning.message) for warning in caught) + capfd.readouterr().err
    assert "An output with one or more elements was resized" in said
    assert torch.equal(wrong, operator.forward(x))


def test_out_and_gradients(operator):
    """`out=` cannot be differentiated, and says so before it writes."""
    out = torch.zeros_like(x0)
    for arguments in ((x0.clone().requires_grad_(), out), (x0, out.clone().requires_grad_())):
        with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
            operator.out(*arguments)
    assert not out.any()
    with torch.no_grad():
        operator.out(x0.clone().requires_grad_(), out=out)
    assert torch.equal(out, operator.forward(x0))
    with forward_ad.dual_level(), pytest.raises(RuntimeError):
        operator.out(forward_ad.make_dual(x0, torch.ones_like(x0)), out=torch.zeros_like(x0))


def test_exact_alias_is_allowed(operator):
    x, want = x0.clone(), operator.forward(x0)
    operator.out(x, out=x)
    assert torch.equal(x, want)
    x = x0.clone()
    operator.out(x, out=x.view(2, 3).view(6))
    assert torch.equal(x, want)


def test_neighbouring_memory_is_no_overlap(operator):
    storage = x0.repeat(2)
    operator.out(storage[:6], out=storage[6:])
    assert torch.equal(storage[6:], operator.forward(x0)) and torch.equal(storage[:6], x0)


def test_a_version_is_counted(operator):
    out = torch.empty_like(x0)
    operator.out(x0, out=out)
    assert out._version == 1


def test_out_invalidates_what_was_saved(operator):
    x, buffer = x0.clone().requires_grad_(), x0.clone()
    y = x * buffer
    operator.out(x0, out=buffer)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_out_dtype(operator):
    for dtype in (torch.float64, torch.bfloat16, torch.int64):
        out = torch.zeros(6, dtype=dtype)
        words = ("float32", str(dtype).removeprefix("torch."))
        refuses(
            operator, "out", RuntimeError, "out", *words, run=lambda o=out: operator.out(x, out=o)
        )
        assert not out.any()


def test_out_device(operator):
    refuses(
        operator,
        "out",
        RuntimeError,
        "out",
        str(x.device),
        "meta",
        run=lambda: operator.out(x, out=torch.empty(6, device="meta")),
    )


def test_partial_overlap(operator):
    storage = torch.linspace(-2, 2, 16)
    before = storage.clone()
    for self, out in (
        (storage[:8], storage[4:12]),
        (storage[4:12], storage[:8]),
        (storage.view(4, 4), storage.view(4, 4).t()),
    ):
        refuses(
            operator,
            "out",
            RuntimeError,
            "out",
            "self",
            run=lambda s=self, o=out: operator.out(s, out=o),
        )
    assert torch.equal(storage, before)


def test_expanded_targets(operator):
    for shape in ((4,), (3, 4)):
        target = torch.ones(1).expand(shape)
        refuses(
            operator, "_", RuntimeError, "self", "clone", run=lambda t=target: operator.inplace(t)
        )
        refuses(
            operator,
            "out",
            RuntimeError,
            "out",
            run=lambda t=target: operator.out(torch.zeros(t.shape), out=t),
        )
        assert target[0].unique().item() == 1
