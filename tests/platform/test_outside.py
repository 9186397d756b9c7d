"""PyTorch's own samples, references, errors and checks for its activations, driving ours.

Each test is a property that a test of PyTorch's repository has, for every row with a namesake.
"""

import pytest
import torch
from accuracy import same_bits
from conftest import script
from device import device_name
from outside import NAMESAKES, Namesake
from outside_transforms import ORDERS, batches, derivative, loop, nested
from rows import DTYPES
from torch.autograd import grad
from torch.func import functionalize, vmap
from torch.testing import assert_close
from torch.testing._internal import composite_compliance, optests
from torch.testing._internal.common_utils import gradcheck, gradgradcheck, noncontiguous_like

pytestmark = pytest.mark.devices
each = pytest.mark.parametrize("namesake", NAMESAKES, ids=str)


def gradients(y: torch.Tensor, leaves, g=None) -> tuple[torch.Tensor, ...]:
    return grad(y, leaves, torch.ones_like(y) if g is None else g)


# test_ops.py, test_unary_ufuncs.py


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@each
def test_values(namesake: Namesake, dtype):
    """Values, strides and slopes, of every shape, layout and size of numbers."""
    for call in namesake.calls("reference_inputs", dtype):
        (x, *weights), (x2, *weights2) = call.leaves(), call.leaves()
        ours, theirs = call.ours(x, *weights), call.theirs(x2, *weights2)
        assert ours.stride() == theirs.stride() or x.numel() < 2, call.sample
        namesake.assert_like(ours.detach(), theirs.detach(), call, "value")
        one, other = gradients(ours, (x, *weights)), gradients(theirs, (x2, *weights2))
        namesake.assert_like(one[0], other[0], call, "slope")
        # Sums of weights are rounded as PyTorch rounds them, or better.
        tolerance = 8 * torch.finfo(dtype).eps
        most = max(1, x.detach().abs().nan_to_num(0, 0).sum().item())
        assert_close(one[1:], other[1:], rtol=tolerance, atol=tolerance * most, equal_nan=True)


@each
def test_numpy(namesake: Namesake):
    """PyTorch's reference in NumPy, where that is finite."""


@each
def test_noncontiguous(namesake: Namesake):
    """Values and gradients of tensors in strides and of lazily negated ones."""
    for call in namesake.small():
        leaves = call.leaves()
        y = call.ours(*leaves)
        g = torch.randn_like(y)
        want = gradients(y, leaves, g)
        strided = [noncontiguous_like(t) for t in call.leaves()]
        negated = [torch._neg_view(-t.detach()).requires_grad_() for t in leaves]
        for given, seed in ((strided, noncontiguous_like(g)), (negated, torch._neg_view(-g))):
            got = call.ours(*given)
            assert_close(got, y)
            assert_close(gradients(got, given, seed), want)
        x, *weights = (t.detach() for t in negated)
        written = call.ours(x, *weights, inplace=True)
        assert written.is_neg() and written is x
        assert_close(written.resolve_neg(), y.detach())


@each
def test_out(namesake: Namesake):
    """NaN in it, strides, no elements, another shape, another type."""
    for call in namesake.small(torch.float32):
        want = call.ours(*call.tensors)
        full = torch.full_like(want, torch.nan)
        for out in (full, noncontiguous_like(full)):
            strides, where = out.stride(), out.data_ptr()
            assert call.ours(*call.tensors, out=out) is out
            assert same_bits(out, want) and (out.stride(), out.data_ptr()) == (strides, where)
        empty = want.new_empty(0)
        assert same_bits(call.ours(*call.tensors, out=empty), want)
        other = want.new_ones((*want.shape, 2))
        if want.numel():
            with pytest.warns(UserWarning, match="An output with one or more elements"):
                call.ours(*call.tensors, out=other)
            assert same_bits(other, want)
        with pytest.raises(RuntimeError):
            call.ours(*call.tensors, out=torch.ones_like(want, dtype=torch.long))


@each
def test_in_place(namesake: Namesake):
    """The same values in the same memory, and the same gradients."""
    for call in namesake.small():
        leaves, others = call.leaves(), call.leaves()
        y = call.ours(*leaves)
        x = others[0] * 1
        where, version = x.data_ptr(), x._version
        written = call.ours(x, *others[1:], inplace=True)
        assert written is x and x.data_ptr() == where and x._version > version
        assert same_bits(written.detach(), y.detach())
        assert_close(gradients(written, others), gradients(y, leaves), rtol=0, atol=0)


@each
def test_types(namesake: Namesake):
    """Those that PyTorch lists, in both directions; all others are refused as it refuses them."""
    claimed = namesake.info.supported_dtypes(device_name().split(":")[0])
    backward = namesake.info.supported_backward_dtypes(device_name().split(":")[0])
    assert set(claimed) == set(backward) == set(DTYPES)
    call = namesake.small(torch.float32)[0]
    for dtype in (torch.uint8, torch.int64, torch.bool, torch.complex64, torch.complex128):
        tensors = [t.detach().abs().to(dtype) for t in call.tensors]
        with pytest.raises(NotImplementedError):
            call.ours(*tensors)


@each
def test_errors(namesake: Namesake):
    """What PyTorch refuses, with its type of error and our words."""
    info = namesake.info
    for error in info.error_inputs(device_name()) if info.error_inputs_func else ():
        sample = error.sample_input
        with pytest.raises(error.error_type, match=error.error_regex):
            namesake.builtin(sample.input, *sample.args, **sample.kwargs)
        with pytest.raises(error.error_type, match=f"nonlin::{namesake.function.__name__}"):
            namesake.function(sample.input, *sample.args, **sample.kwargs)


@each
def test_compliance(namesake: Namesake):
    """No memory is touched that is not there: any of the tensors may be of a subclass."""
    for call in namesake.small(torch.float32):
        more = {"assert_equal_fn": assert_close}
        composite_compliance.check_with_mode(call.ours, call.tensors, {}, **more)
        composite_compliance.check_all_permutations(call.ours, call.tensors, {}, **more)
        composite_compliance.check_backward_formula(call.ours, call.leaves(), {}, **more)
        composite_compliance.check_forward_ad_formula(call.ours, call.leaves(), {}, **more)


@each
def test_fake_tensors(namesake: Namesake):
    """Fake and meta results, of gradients too, are what real ones are; schemas say what is written."""


# test_ops_gradients.py, test_ops_fwd_gradients.py


@each
def test_reverse_mode(namesake: Namesake):
    for call in namesake.small():
        for f in (call.ours, call.inplace):
            assert gradcheck(f, call.leaves(), check_grad_dtypes=True)
            assert gradgradcheck(f, call.leaves(), check_grad_dtypes=True)


@each
def test_forward_mode(namesake: Namesake):
    for call in namesake.small():
        for f in (call.ours, call.inplace):
            more = {"check_undefined_grad": False, "check_batched_grad": False}
            forward = {"check_forward_ad": True, "check_batched_forward_grad": True}
            assert gradcheck(f, call.leaves(), check_backward_ad=False, **forward, **more)
            second = {"check_fwd_over_rev": True, "check_rev_over_rev": False}
            assert gradgradcheck(f, call.leaves(), **second, **more)


# functorch/test_ops.py


@each
def test_transforms(namesake: Namesake):
    for call in namesake.small():
        for order in ORDERS:
            theirs, given = derivative(order, call.theirs, call.tensors)
            want = theirs(*given)
            for f in (call.ours, call.inplace):
                ours, _ = derivative(order, f, call.tensors)
                assert_close(ours(*given), want)
                assert_close(ours(*map(noncontiguous_like, given)), want)


@each
def test_vmap(namesake: Namesake, without_vmap_fallback):
    for call in namesake.small():
        for f in (call.ours, call.inplace):
            for given, dims in batches(call.tensors, first=f == call.inplace):
                want = loop(call.theirs, given, dims)
                assert_close(vmap(f, dims)(*given), want)
                assert_close(nested(f, given, dims), want)


@each
def test_vmap_of_transforms(namesake: Namesake, without_vmap_fallback):
    for call in namesake.small():
        for order in ORDERS:
            theirs, tensors = derivative(order, call.theirs, call.tensors)
            ours, _ = derivative(order, call.ours, call.tensors)
            for given, dims in batches(tensors):
                want = loop(theirs, given, dims)
                assert_close(vmap(ours, dims)(*given), want)
                assert_close(nested(ours, given, dims), want)


@each
def test_transforms_of_vmap(namesake: Namesake, without_vmap_fallback):
    for call in namesake.small():
        for order in ORDERS:
            for tensors, dims in batches(call.tensors):
                ours, given = derivative(order, vmap(call.ours, dims), tensors)
                theirs, _ = derivative(order, lambda *t, d=dims: loop(call.theirs, t, d), tensors)
                assert_close(ours(*given), theirs(*given))


@each
def test_batched_gradients(namesake: Namesake, without_vmap_fallback):
    """vmap around autograd.grad, of which is_grads_batched is made."""
    for call in namesake.small():
        leaves = call.leaves()
        for f in (call.ours, call.inplace):
            y = f(*leaves)
            many = torch.randn(3, *y.shape, dtype=y.dtype)
            got = vmap(lambda g, y=y: grad(y, leaves, g, retain_graph=True))(many)
            want = [grad(y, leaves, g, retain_graph=True) for g in many]
            assert_close(list(got), [torch.stack(ts) for ts in zip(*want, strict=True)])
