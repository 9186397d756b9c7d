"""PyTorch's own samples, references, errors and checks for its activations, driving ours.

Each test is a property that those of its repository have (test_ops, test_unary_ufuncs, test_jit,
functorch/test_ops, test_proxy_tensor, test_modules and so on). `each`: what a function, module or
formula decides, of every row with a namesake; `few`: what is the text of the family.
"""

import outside_modules
import outside_transforms
import pytest
import torch
from accuracy import same_bits
from conftest import script
from device import device_name
from outside import NAMESAKES, REPRESENTATIVES, WHOLE, Namesake
from outside_deviations import DEVIATIONS
from rows import DTYPES, HALVES
from torch._subclasses import CrossRefFakeMode
from torch._subclasses.schema_check_mode import SchemaCheckMode
from torch.autograd import grad
from torch.func import functionalize
from torch.testing import assert_close
from torch.testing._internal import composite_compliance, optests
from torch.testing._internal.common_utils import noncontiguous_like

pytestmark = [
    pytest.mark.devices,  # and compilers look at .grad of every tensor, leaf or not
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
each = pytest.mark.parametrize("namesake", NAMESAKES, ids=str)
few = pytest.mark.parametrize("namesake", REPRESENTATIVES, ids=str)
whole = pytest.mark.parametrize("namesake", WHOLE, ids=str)


def words(check) -> str:
    return getattr(check, "__name__", str(check)).removeprefix("check_").replace("_", " ")


def gradients(y: torch.Tensor, leaves, g=None) -> tuple[torch.Tensor, ...]:
    return grad(y, leaves, torch.ones_like(y) if g is None else g)


def twice(f, leaves) -> tuple[torch.Tensor, ...]:
    """The value, first derivatives, and those of these."""
    y = f(*leaves)
    first = grad(y.square().sum(), leaves, create_graph=True)
    return y, *first, *grad(sum(t.square().sum() for t in first), leaves)


@each
def test_values(namesake: Namesake):
    """Values, strides and slopes, of every type, shape, layout and size of numbers."""
    for call in (c for dtype in DTYPES for c in namesake.references(dtype)):
        (x, *weights), (x2, *weights2) = call.leaves(), call.leaves()
        ours, theirs = call.ours(x, *weights), call.theirs(x2, *weights2)
        # PyTorch's logsigmoid forgets the layout.
        assert ours.stride() in (theirs.stride(), torch.empty_like(x).stride()), call.sample
        namesake.assert_like(ours.detach(), theirs.detach(), call, "value")
        one, other = gradients(ours, (x, *weights)), gradients(theirs, (x2, *weights2))
        namesake.assert_like(one[0], other[0], call, "slope")
        # Sums of weights are rounded as PyTorch rounds them, or better.
        tolerance = 8 * torch.finfo(ours.dtype).eps
        most = max(1, x.detach().abs().nan_to_num(0, 0, 0).sum().item())
        assert_close(one[1:], other[1:], rtol=tolerance, atol=tolerance * most, equal_nan=True)


@each
def test_numpy(namesake: Namesake):
    """PyTorch's reference in NumPy, where that is finite."""
    if namesake.info.ref is None:
        pytest.skip("PyTorch's reference needs SciPy")
    for dtype in (torch.float64, torch.float32):
        for call in namesake.calls("reference_inputs", dtype):
            want, got = call.numpy(namesake.info.ref), call.ours(*call.tensors).cpu()
            finite = want.isfinite()
            assert_close(got[finite], want[finite].to(dtype))


@few
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
        for out in (full := torch.full_like(want, torch.nan), noncontiguous_like(full)):
            strides, where = out.stride(), out.data_ptr()
            assert call.ours(*call.tensors, out=out) is out
            assert same_bits(out, want) and (out.stride(), out.data_ptr()) == (strides, where)
        assert same_bits(call.ours(*call.tensors, out=want.new_empty(0)), want)
        other = want.new_ones((*want.shape, 2))
        if want.numel():
            with pytest.warns(UserWarning, match="An output with one or more elements"):
                call.ours(*call.tensors, out=other)
            assert same_bits(other, want)
        with pytest.raises(RuntimeError):
            call.ours(*call.tensors, out=torch.ones_like(want, dtype=torch.long))


@whole
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
    """The real ones that PyTorch lists, in both directions; all others are refused in one line."""
    info, kind = namesake.info, torch.device(device_name()).type
    claimed, backward = info.supported_dtypes(kind), info.supported_backward_dtypes(kind)
    assert all({t for t in c if t.is_floating_point} == set(DTYPES) for c in (claimed, backward))
    call = namesake.small(torch.float32)[0]
    for dtype in (torch.uint8, torch.int64, torch.bool, torch.complex64, torch.complex128):
        tensors = [t.detach().abs().to(dtype) for t in call.tensors]
        with pytest.raises(NotImplementedError) as ours:
            call.ours(*tensors)
        try:
            call.theirs(*tensors)
        except (RuntimeError, TypeError) as theirs:
            assert issubclass(ours.type, type(theirs))


@pytest.mark.parametrize("namesake", [n for n in NAMESAKES if n.info.error_inputs_func], ids=str)
def test_errors(namesake: Namesake):
    """What PyTorch refuses, with our words. A number out of its range is a ValueError."""
    for error in namesake.info.error_inputs(device_name()):
        sample = error.sample_input
        with pytest.raises(error.error_type, match=error.error_regex):
            namesake.builtin(sample.input, *sample.args, **sample.kwargs)
        words = f"nonlin::{namesake.function.__name__}"
        with pytest.raises((error.error_type, ValueError), match=words):
            namesake.function(sample.input, *sample.args, **sample.kwargs)


@few
def test_compliance(namesake: Namesake):
    """No memory is touched that is not there: any of the tensors may be of a subclass."""
    for call in namesake.small(torch.float32):
        more = {"assert_equal_fn": assert_close}
        composite_compliance.check_with_mode(call.ours, call.tensors, {}, **more)
        composite_compliance.check_all_permutations(call.ours, call.tensors, {}, **more)
        composite_compliance.check_backward_formula(call.ours, call.leaves(), {}, **more)
        composite_compliance.check_forward_ad_formula(call.ours, call.leaves(), {}, **more)


@few
def test_fake_tensors(namesake: Namesake):
    """Fake and meta results, of gradients too, are as real ones; what is written, schemas say."""
    for call in namesake.small(torch.float32):
        for f in (call.ours, call.inplace):
            with CrossRefFakeMode(), SchemaCheckMode():
                leaves = call.leaves()
                y = f(*leaves)
                first = grad(y, leaves, torch.ones_like(y), create_graph=True)
                grad(first, leaves, [torch.ones_like(t) for t in first])
        meta = call.ours(*(t.to("meta") for t in call.tensors))
        assert meta.is_meta and (meta.shape, meta.stride()) == (y.shape, y.stride())


@few
def test_traced(namesake: Namesake):
    """By make_fx, AOTAutograd and functionalization, with sizes that are known and that are not."""
    for call in namesake.small(torch.float32):
        for f in (call.ours, call.inplace):
            for mode in ("real", "fake", "symbolic"):
                optests.make_fx_check(f, call.tensors, {}, mode)
            for dynamic in (False, True):
                optests.aot_autograd_check(f, call.leaves(), {}, dynamic)
            assert same_bits(functionalize(f)(*call.tensors), f(*call.tensors))


@few
def test_script(namesake: Namesake):
    """Scripted and traced, run until they are optimised, with gradients of gradients."""
    scripted = script(namesake.function)
    for call in namesake.small():
        traced = script(call.ours, *call.tensors)
        want = twice(call.ours, call.leaves())
        for f in (lambda *t, c=call: c.run(scripted, *t), traced):
            for _ in range(3):
                assert_close(twice(f, call.leaves()), want)


@few
def test_autocast(namesake: Namesake):
    """The type of the result is PyTorch's."""
    call = namesake.small(torch.float32)[0]
    for dtype in HALVES:
        with torch.autocast(torch.device(device_name()).type, dtype):
            ours, theirs = call.ours(*call.tensors), call.theirs(*call.tensors)
        assert ours.dtype == theirs.dtype
        assert_close(ours, theirs)


@few
def test_nested_tensors(namesake: Namesake):
    """Jagged ones, of every make, are what their components are."""
    for call in namesake.nested(torch.float32):
        leaves = [t.detach().clone().requires_grad_() for t in call.tensors]
        ours = call.ours(*leaves).unbind()
        theirs = [call.theirs(x[None], *leaves[1:])[0] for x in leaves[0].unbind()]
        assert_close(ours, tuple(theirs))
        one, other = (grad(sum((y**2).sum() for y in ys), leaves) for ys in (ours, theirs))
        assert_close(one[0].unbind(), other[0].unbind())
        assert_close(one[1:], other[1:])


@pytest.mark.parametrize("check", outside_transforms.CHECKS, ids=words)
@few
def test_derivatives(namesake: Namesake, check, without_vmap_fallback):
    for call in namesake.small():
        check(call)


@pytest.mark.parametrize(("namesake", "check"), outside_modules.CHECKS, ids=words)
def test_modules(namesake: Namesake, check):
    for sample in outside_modules.samples(namesake):
        check(sample)


@pytest.mark.cpu
@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.name)
def test_deviations(deviation):
    """Where ours differ on purpose they do, and no others."""
    assert {str(n) for n in NAMESAKES if deviation.found(n)} == set(deviation.rows)
