"""Bad input: an error before anything is written, that names the operator and the argument."""

import math

import nonlin
import pytest
import torch
from conftest import script
from messages import arguments, called, first_tensor, ordinary, refused
from messages import call as call_with
from passes import ELEMENTWISE
from rows import HALVES, POINTWISE

pytestmark = pytest.mark.devices

each = pytest.mark.parametrize("elementwise", ELEMENTWISE, ids=str)
WRONG = (torch.int64, torch.int32, torch.uint8, torch.bool, torch.complex64, torch.float8_e4m3fn)


def tensors(row, kind: str) -> dict[str, str]:
    """Arguments of an operator that are tensors, and their types."""
    declared = row.overload(kind)._schema.arguments
    return {a.name: str(a.type) for a in declared if "Tensor" in str(a.type)}


def test_dtype(activation):
    """Compilers see the same error, before the program runs."""
    for kind in activation.KINDS:
        for dtype in WRONG:
            t = torch.zeros(4, 6, dtype=torch.uint8).to(dtype)
            words = ("float64, float32, float16 or bfloat16, got", str(dtype)[len("torch.") :])
            for self in (t, t.to("meta")):
                name = first_tensor(activation, kind)
                refused(activation, kind, NotImplementedError, name, *words, self=self)


@pytest.mark.parametrize("row", [row for row in POINTWISE if row.parameters], ids=str)
def test_parameter_is_not_finite(row):
    """1e300 is finite in float64 and infinite in the type that computes float32."""
    for name in (a.name for a in row.overload()._schema.arguments[1:]):
        for value in (math.nan, math.inf, -math.inf, 1e300):
            shown = "inf" if math.isinf(value) else str(value)
            for kind in row.KINDS:
                refused(row, kind, ValueError, name, "finite", shown, **{name: value})
        assert call_with(row, "", self=ordinary().double(), **{name: 1e300}).shape == (4, 6)


def layouts():
    matrix = torch.rand(4, 6)
    yield matrix.to_sparse()
    yield matrix.to_sparse_csr()
    yield matrix.to_mkldnn()
    yield torch.quantize_per_tensor(matrix, 0.1, 0, torch.quint8)


@pytest.mark.cpu
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_layout(activation):
    for kind in activation.KINDS:
        for t in layouts():
            with pytest.raises(RuntimeError, match=f"nonlin::{activation.operator}"):
                call_with(activation, kind, self=t)


@each
def test_gradient_factors(elementwise):
    for kind in ("_backward", "_double_backward"):
        for name in ("grad_output", "grad_grad", "grad_grad_self"):
            x = ordinary()
            for bad, words in (
                (x.double(), ("float32", "float64")),
                (x.long(), ("int64",)),
                (x > 0, ("bool",)),
                (x[:1], ("[4, 6]", "[1, 6]")),
                (x.t(), ("[4, 6]", "[6, 4]")),
                (x[None], ("[4, 6]", "[1, 4, 6]")),
                (x.sum(), ("[4, 6]", "[]")),
                (x.to("meta"), (str(x.device), "meta")),
            ):
                if name in tensors(elementwise, kind):
                    refused(elementwise, kind, RuntimeError, name, *words, **{name: bad})


def test_types_of_the_same_size(activation):
    """Nothing but the type tells float16 and bfloat16 apart: of gradients, weights and `out`."""
    for first, second in (HALVES, HALVES[::-1]):
        for kind in activation.KINDS:
            given = arguments(activation, kind, self=ordinary().to(first))
            floating = {
                name: t.to(first)
                for name, t in given.items()
                if isinstance(t, torch.Tensor) and t.is_floating_point()
            }
            call_with(activation, kind, **given | floating)  # is right
            for name in floating.keys() - {first_tensor(activation, kind)}:
                words = (str(t).removeprefix("torch.") for t in (first, second))
                bad = {name: floating[name].to(second)}
                refused(activation, kind, RuntimeError, name, *words, **given | floating | bad)


def test_no_tensor(activation):
    """PyTorch's own message, which for None, an undefined tensor, may name the operator alone."""
    for kind in activation.KINDS:
        for name, type in tensors(activation, kind).items():
            absent = () if "Optional" in type or name == "out" else (None,)
            for bad in (1.0, "x", [1.0], 3, *absent):
                words = f"(?s)nonlin::{activation.operator}" + (f".*{name}" if bad else "")
                with pytest.raises((TypeError, RuntimeError), match=words):
                    call_with(activation, kind, **{name: bad})


@each
def test_undefined_tensors_of_derivatives(elementwise):
    """None is refused by the name of the argument, unless it stands for zeros."""
    x = ordinary()
    for kind in ("_backward", "_double_backward"):
        for self in (x, x.clone().requires_grad_(), x.to("meta")):
            for name in ("grad_output", "grad_grad"):
                if name in tensors(elementwise, kind):
                    refused(elementwise, kind, TypeError, name, self=self, **{name: None})
        with pytest.raises(TypeError, match=f"{called(elementwise, kind)}.*`self`"):
            call_with(elementwise, kind, self=None)


def test_scripted_functions_raise_as_well():
    """The same words arrive through TorchScript, which has RuntimeError only."""
    with pytest.raises(Exception, match="nonlin::mish: `self` must have dtype"):
        script(nonlin.mish)(torch.ones(2, dtype=torch.int64))


def test_nothing_is_left_behind_by_an_error(activation):
    """Neither grad mode, nor a forced instruction set, nor a level of forward AD."""
    before, leaf = nonlin._C.instruction_set(), ordinary().requires_grad_()
    for s in activation.with_input(leaf):
        for bad in (leaf.long(), leaf > 0):
            with pytest.raises(NotImplementedError):
                activation.forward(bad, *s.arguments[1:])
        assert torch.is_grad_enabled() and nonlin._C.instruction_set() == before
        assert activation.forward(*s.arguments).requires_grad
