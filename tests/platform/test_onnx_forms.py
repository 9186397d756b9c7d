"""Exported models in onnxruntime: forms of operators, shapes, modules, types; what is refused."""

import inspect
from functools import partial
from itertools import product

import nonlin
import pytest
import torch
from nonlin import nn
from nonlin.testing import Gated, catalogue
from rows import GATED_SETTINGS, GROUPWISE, PACKED, PARAMETRIC, POINTWISE
from saving import INPLACE, MODULES

pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")

import nonlin.onnx
from onnx_runtime import exported, in_onnxruntime

pytestmark = [
    pytest.mark.cpu,
    # Of PyTorch's own code.
    pytest.mark.filterwarnings("ignore:.*LeafSpec.* is deprecated:FutureWarning"),
]
each_table = pytest.mark.parametrize("exact", [False, True], ids=["standard", "exact"])
MLPS = tuple(partial(nn.GatedMLP, 3, 4, packed=packed) for packed in (False, True))


class Calls(torch.nn.Module):
    """Functions or modules side by side, of the same tensors."""

    def __init__(self, functions) -> None:
        super().__init__()
        self.functions = functions
        self.modules_ = torch.nn.ModuleList(f for f in functions if isinstance(f, torch.nn.Module))

    def forward(self, *tensors: torch.Tensor) -> list[torch.Tensor]:
        return [f(*tensors) for f in self.functions]


def agree(functions, inputs, others=(), opset=20, shapes=None, **options):
    """The runtime's results and ours, of sizes that the exporter has not seen too."""
    model = Calls(functions)
    shapes = shapes and {"tensors": shapes}
    program = exported(model, inputs, opset, dynamic_shapes=shapes, **options)
    run = in_onnxruntime(program)
    for given in (inputs, *others):
        with torch.no_grad():
            want = model(*(t.clone() for t in given))
        for f, got, expected in zip(functions, run(*given), want, strict=True):
            torch.testing.assert_close(
                got, expected, equal_nan=True, msg=lambda m, f=f: f"{f}: {m}"
            )
    return program


@pytest.mark.parametrize(("opset", "exact"), [(18, False), (20, True), (23, False)])
def test_modules(opset, exact):
    """All at all settings, in place too, behind layers with weights; the batch is dynamic."""
    layers = []
    for make in (*MODULES, *INPLACE, *MLPS):
        layers.append(torch.nn.Sequential(torch.nn.Linear(3, 3), make()))
        for parameter in layers[-1][1].parameters():
            torch.nn.init.uniform_(parameter, -1, 1.5)
    shapes = ({0: torch.export.Dim("batch", min=2)},)
    agree(layers, (torch.randn(4, 3),), [(torch.randn(7, 3),)], opset, shapes, exact=exact)


@each_table
def test_dimensions(exact):
    """Every dimension and layout, counted from either end; all sizes are dynamic."""
    calls = []
    for dim, layout in product(range(-3, 3), range(3)):
        calls += [partial(row.forward, dim=dim, layout=layout) for row in PACKED]
    for dim, k in product(range(-3, 3), (1, 2)):
        calls += [partial(row.forward, k=k, dim=dim) for row in GROUPWISE]
    for row, dim in product(PARAMETRIC, range(-3, 3)):
        calls.append(partial(along, row, dim))
    sizes = {i: 2 * torch.export.Dim(name) for i, name in enumerate(("a", "b", "c"))}
    others = [(torch.randn(2, 8, 6),)]
    agree(calls, (torch.randn(4, 6, 10),), others, shapes=(sizes,), exact=exact)


def along(row, dim: int, x: torch.Tensor) -> torch.Tensor:
    """With a weight for each entry of a dimension."""
    return row.forward(x, x.mean(tuple({0, 1, 2} - {dim % 3})), dim)


@each_table
def test_ranks(exact):
    """Single weights serve all shapes and every `dim`."""
    shapes = [(), (6,), (2, 4, 6, 2, 2)]
    calls = []
    for i, shape in enumerate(shapes):
        functions = [row.forward for row in POINTWISE]
        for row, w, dim in product(PARAMETRIC, (torch.tensor(0.3), torch.tensor([-0.7])), (0, 1)):
            functions.append(partial(row.forward, w=w, dim=dim))
        if shape:
            functions += [partial(row.forward, dim=0) for row in PACKED]
            functions += [partial(row.forward, k=2, dim=0) for row in GROUPWISE]
        calls += [lambda *tensors, f=f, i=i: f(tensors[i]) for f in functions]
    agree(calls, [torch.randn(shape) for shape in shapes], exact=exact)


@each_table
def test_gated(exact):
    """Of two tensors and packed, every activation by its module's default layout."""
    rows = [row for row in GATED_SETTINGS if not row.options]
    calls = [*(row.forward for row in rows), *(packed(row.row) for row in rows)]
    example = torch.randn(2, 3, 8).unbind()
    sizes = {0: torch.export.Dim("batch", min=2)}
    others = [tuple(torch.randn(2, 5, 8).unbind())]
    agree(calls, example, others, shapes=(sizes, sizes), exact=exact)


def packed(row):
    return lambda x, up: row.function(x) + row.function(up, dim=-1, layout="interleaved")


def test_in_place_and_out():
    """What overwrites a tensor that is read again, and what writes into a given one."""
    rows = [catalogue[name] for name in ("mish", "prelu", "swiglu")]
    agree([partial(written, row) for row in rows], (torch.randn(6),))


def written(row, x):
    more = {"up": torch.ones(6)} if isinstance(row, Gated) else {}
    weights = row.tensors(x.dtype, x.device)
    x = x * 2
    row.function(x, *weights, inplace=True, **more)
    out = torch.zeros_like(x)
    with torch.no_grad():
        row.function(x, *weights, out=out, **more)
    return x - out / 3


@each_table
def test_maxout_chooses(exact):
    """Of equals the same number; a NaN before all others, but for what ReduceMax makes of it."""
    x = torch.tensor([[1.0, 1.0, -torch.inf, 2.0], [torch.inf, 3.0, -torch.inf, -torch.inf]])
    agree([partial(nonlin.maxout, k=2), partial(nonlin.maxout, k=4)], (x,), exact=exact)
    if exact:
        x = torch.arange(25.0).view(5, 5)
        x.diagonal().fill_(torch.nan)
        agree([partial(nonlin.maxout, k=5)], (x,), exact=exact)


@each_table
def test_no_rows(exact):
    """A batch that is dynamic may be empty."""
    calls = [partial(nonlin.maxout, k=2), partial(nonlin.maxout, k=3, dim=1), nonlin.swiglu]
    size = torch.export.Dim("batch")
    agree(calls, (torch.randn(4, 6),), [(torch.randn(0, 6),)], shapes=({0: size},), exact=exact)


def test_the_table_is_asked_for_by_a_bool():
    with pytest.raises(TypeError, match=r"^nonlin.onnx.translation_table: `exact` must be True"):
        nonlin.onnx.translation_table(20, exact="no")  # type: ignore[arg-type]


@each_table
def test_bfloat16(exact):
    """All, in float32 between two casts, as onnxruntime has few kernels for it."""

    def call(row, x):
        weights = row.tensors(torch.bfloat16, x.device)
        return row.function(x.bfloat16(), *weights).float()

    calls = [partial(call, row) for row in catalogue.values()]
    agree(calls, (torch.randn(4, 6).mul(3),), exact=exact)


# What onnxruntime has kernels for, of those that ONNX's own operators serve; and what ONNX has no
# operator for, of the expressions.
FLOAT64 = ("relu", "sigmoid", "tanh", "swish", "hardtanh", "softshrink", "maxout", "glu", "swiglu")
WITHOUT_ERFC = ("gelu", "geglu")


def test_float64():
    """All exact ones but those with an erfc or, in onnxruntime, an erf."""

    def call(row, x):
        return row.function(x, *row.tensors(x.dtype, x.device))

    x = (torch.randn(4, 6, dtype=torch.float64).mul(3),)
    agree([partial(call, catalogue[name]) for name in FLOAT64], x)
    rows = [row for name, row in catalogue.items() if name not in (*WITHOUT_ERFC, "serf")]
    agree([partial(call, row) for row in rows], x, exact=True)
    for name in WITHOUT_ERFC:
        with pytest.raises(Exception, match=r"aten\.erfc\.default, which ONNX has not: export"):
            exported(Calls([partial(call, catalogue[name])]), x, 20, exact=True)


@pytest.mark.parametrize(
    ("opset", "error", "message"),
    [
        (17, ValueError, "`opset` must be from 18 to 23, got 17"),
        (99, ValueError, "`opset` must be from 18 to 23, got 99"),
        ("20", TypeError, "`opset` must be an integer, got '20'"),
        (True, TypeError, "`opset` must be an integer, got True"),
    ],
)
def test_refused_opsets(opset, error, message):
    with pytest.raises(error, match=f"^nonlin.onnx.translation_table: {message}$"):
        nonlin.onnx.translation_table(opset)


def test_a_table_is_not_newer_than_the_model():
    """An older one will do; of a newer one a runtime would not know the operators."""
    calls, x = [nonlin.gelu], (torch.randn(4),)
    with pytest.raises(
        Exception, match=r"`opset` must be at most 18, the opset of the model .* 20"
    ):
        exported(Calls(calls), x, 18, table=20)
    program = exported(Calls(calls), x, 23, table=20)
    torch.testing.assert_close(in_onnxruntime(program)(*x)[0], nonlin.gelu(*x))


def test_the_default_is_that_of_the_exporter():
    from torch.onnx import _constants

    default = inspect.signature(nonlin.onnx.translation_table).parameters["opset"].default
    assert default == _constants.ONNX_DEFAULT_OPSET


def test_numbers_must_be_known():
    """A number that depends on a size is none that an attribute can hold."""

    def call(x):
        return nonlin.elu(x, alpha=x.shape[0] * 0.5)

    with pytest.raises(Exception, match="nonlin::elu: `alpha` must be a number that is known"):
        shapes = {"tensors": ({0: torch.export.Dim("n")},)}
        exported(Calls([call]), (torch.randn(4),), 20, dynamic_shapes=shapes)
