"""Bad input: an error before anything is written, that names the operator and the argument."""

import math

import nonlin
import pytest
import torch
from messages import call, refuses
from rows import OPERATORS, SETTINGS, PointwiseRow

pytestmark = pytest.mark.devices

x = torch.linspace(-2, 2, 6)
PARAMETERS = [
    (case, index, argument.name)
    for case in OPERATORS
    for index, argument in enumerate(case.overload()._schema.arguments[1:])
]


@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
@pytest.mark.parametrize(
    "dtype",
    [torch.int64, torch.uint8, torch.int32, torch.bool, torch.complex64, torch.float8_e4m3fn],
    ids=str,
)
def test_dtype(operator, kind, dtype):
    t = torch.zeros(3, dtype=torch.uint8).to(dtype)
    words = ("float64, float32, float16 or bfloat16", str(dtype).removeprefix("torch."))
    refuses(
        operator, kind, NotImplementedError, "self", *words, run=lambda: call(operator, kind, t)
    )


@pytest.mark.cpu
@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
def test_dtype_of_traced_tensors(operator, kind, device):
    """Compilers see the same error, before the program runs."""
    t = torch.zeros(3, dtype=torch.int64, device=device)
    words = ("got", "int64")
    refuses(
        operator, kind, NotImplementedError, "self", *words, run=lambda: call(operator, kind, t)
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300], ids=str)
@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: f"{row[0].operator}-{row[2]}")
def test_parameter_is_not_finite(row, kind, value):
    """1e300 is finite in float64 and infinite in the type that computes float32."""
    case, index, name = row
    parameters = list(case.parameters)
    parameters[index] = value
    target = x.clone()
    shown = "inf" if math.isinf(value) else str(value)
    refuses(
        case,
        kind,
        ValueError,
        name,
        "finite",
        shown,
        run=lambda: call(case, kind, target, parameters),
    )
    assert torch.equal(target, x)
    if value == 1e300:
        assert case.overload()(x.double(), *parameters).shape == x.shape


def layouts():
    matrix = torch.rand(3, 4)
    yield "sparse COO", lambda: matrix.to_sparse()
    yield "sparse CSR", lambda: matrix.to_sparse_csr()
    yield "MKLDNN", lambda: matrix.to_mkldnn()
    yield "quantized", lambda: torch.quantize_per_tensor(matrix, 0.1, 0, torch.quint8)


@pytest.mark.cpu
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
@pytest.mark.parametrize("name", [name for name, _ in layouts()])
@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
def test_layout(operator, kind, name):
    t = dict(layouts())[name]()
    with pytest.raises((NotImplementedError, RuntimeError)) as caught:
        call(operator, kind, t)
    assert f"nonlin::{operator.operator}" in str(caught.value)


def test_a_leaf_in_place(operator):
    leaf = x.clone().requires_grad_()
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        operator.inplace(leaf)
    assert torch.equal(leaf.detach(), x)


FACTORS = (
    ("_backward", "grad_output"),
    ("_double_backward", "grad_output"),
    ("_double_backward", "grad_grad"),
)


@pytest.mark.parametrize(("kind", "argument"), FACTORS)
def test_gradient_factors(operator, kind, argument):
    for bad, words in (
        (x.double(), ("float32", "float64")),
        (x[:5], ("[6]", "[5]")),
        (x[:, None], ("[6]", "[6, 1]")),
        (x.sum(), ("[6]", "[]")),
        (x.to("meta"), (str(x.device), "meta")),
    ):
        refuses(
            operator,
            kind,
            RuntimeError,
            argument,
            *words,
            run=lambda b=bad: call(operator, kind, x, **{argument: b}),
        )
    for bad in (x.long(), x > 0):
        with pytest.raises((RuntimeError, NotImplementedError), match=f"`{argument}`"):
            call(operator, kind, x, **{argument: bad})


@pytest.mark.parametrize("bad", [1.0, "x", [1.0], 3, None], ids=repr)
def test_no_tensor(case, bad):
    """PyTorch's own message, which for None, an undefined tensor, names the operator alone."""
    words = f"(?s)nonlin::{case.operator}" + (".*(self|input)" if bad is not None else "")
    for run in (case.overload(), case.overload("_")):
        with pytest.raises((TypeError, RuntimeError), match=words):
            run(bad)


@pytest.mark.parametrize("kind", ["_backward", "_double_backward"])
def test_an_undefined_gradient_factor(operator, kind):
    names = ["grad_output"] if kind == "_backward" else ["grad_grad", "grad_output"]
    for name in names:
        for t in (x, x.clone().requires_grad_(), x.to("meta")):
            run = lambda n=name, t=t: call(operator, kind, t, **{n: None})  # noqa: E731
            refuses(operator, kind, TypeError, name, run=run)
    with pytest.raises(TypeError, match=f"nonlin::{operator.operator}{kind}.*`self`"):
        operator.overload(kind)(*[x] * len(names), None, *operator.parameters)


@pytest.mark.parametrize("row", [row for row in SETTINGS if row.options], ids=str)
def test_parameter_of_a_wrong_type(row):
    name = row.options[0][0]
    with pytest.raises((TypeError, RuntimeError), match=r"(?s)nonlin::|must be"):
        row.row.function(x, **{name: "wide"})
    with pytest.raises(TypeError, match="unexpected keyword"):
        row.row.function(x, wide=1.0)


@pytest.mark.parametrize("name", sorted({case.row.name for case in SETTINGS} - {"gelu_tanh"}))
def test_functions_name_themselves(name):
    function = getattr(nonlin, name)
    words = f"nonlin::{name}: `input` must have dtype float64, float32, float16 or bfloat16, got"
    with pytest.raises(NotImplementedError, match=f"^{words} int64$"):
        function(torch.ones(2, dtype=torch.int64))
    with pytest.raises(RuntimeError, match="`out` must have dtype"):
        function(x, out=torch.empty(6, dtype=torch.float64))


def test_arguments_of_functions():
    with pytest.raises(
        (RuntimeError, ValueError), match=r"gelu.*approximate.*'none' or 'tanh'.*'sigmoid'"
    ):
        nonlin.gelu(x, approximate="sigmoid")
    with pytest.raises((RuntimeError, ValueError, ZeroDivisionError), match=r"celu.*alpha"):
        nonlin.celu(x, alpha=0.0)
    for run in (
        lambda: nonlin.swish(x, beta=math.nan),
        lambda: nonlin.nn.Swish(math.nan)(x),
    ):
        with pytest.raises(ValueError, match=r"`beta` must be finite.*nan"):
            run()


def test_scripted_functions_raise_as_well():
    """The same words arrive through TorchScript, which has RuntimeError only."""
    from conftest import script

    with pytest.raises(Exception, match="nonlin::mish: `self` must have dtype"):
        script(nonlin.mish)(torch.ones(2, dtype=torch.int64))


def test_nothing_is_left_behind_by_an_error(operator):
    """Neither grad mode, nor a forced instruction set, nor a level of forward AD."""
    before = nonlin._C.instruction_set()
    for bad in (x.long(), x > 0):
        with pytest.raises(NotImplementedError):
            operator.forward(bad)
    assert torch.is_grad_enabled() and nonlin._C.instruction_set() == before
    leaf = x.clone().requires_grad_()
    assert operator.forward(leaf).requires_grad
