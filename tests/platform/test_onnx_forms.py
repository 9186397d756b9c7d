"""Exported models in onnxruntime: forms of operators, shapes, modules, types; what is refused."""

from functools import partial
from itertools import product

import nonlin
import pytest
import torch
from nonlin import nn
from nonlin.testing import catalogue
from rows import GATED_SETTINGS, GROUPWISE, PACKED, PARAMETRIC, POINTWISE
from saving import INPLACE, MODULES

pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")

import nonlin.onnx
from onnx_runtime import OPSETS, exported, in_onnxruntime

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
            torch.testing.assert_close(got, expected, msg=lambda m, f=f: f"{f}: {m}")
    return program


@each_table
@pytest.mark.parametrize("opset", OPSETS)
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
@pytest.mark.parametrize("shape", [(), (6,), (2, 4, 6, 2, 2)], ids=str)
def test_ranks(shape, exact):
    """Single weights serve all shapes and every `dim`."""
    calls = [row.forward for row in POINTWISE]
    for row, w, dim in product(PARAMETRIC, (torch.tensor(0.3), torch.tensor([-0.7])), (0, 1)):
        calls.append(partial(row.forward, w=w, dim=dim))
    if shape:
        calls += [partial(row.forward, dim=0) for row in PACKED]
        calls += [partial(row.forward, k=2, dim=0) for row in GROUPWISE]
    agree(calls, (torch.randn(shape),), exact=exact)


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


@pytest.mark.parametrize("name", ["mish", "prelu", "swiglu"])
def test_in_place_and_out(name):
    """What overwrites a tensor that is read again, and what writes into a given one."""
    row = catalogue[name]
    more = {"up": torch.ones(6)} if name == "swiglu" else {}
    weights = row.tensors(torch.float32, torch.device("cpu"))
    f = partial(row.function, **more)

    def written(x):
        x = x * 2
        f(x, *weights, inplace=True)
        out = torch.zeros_like(x)
        with torch.no_grad():
            f(x, *weights, out=out)
        return x - out / 3

    agree([written], (torch.randn(6),))


@each_table
def test_maxout_chooses(exact):
    """Of equals the same number; a NaN before all others, but for what ReduceMax makes of it."""
    x = torch.tensor([[1.0, 1.0, -torch.inf, 2.0], [torch.inf, 3.0, -torch.inf, -torch.inf]])
    agree([partial(nonlin.maxout, k=2), partial(nonlin.maxout, k=4)], (x,), exact=exact)
    if exact:
        for row in torch.full((5,), 0.5).diag().mul(torch.nan):
            agree([partial(nonlin.maxout, k=5)], (row,), exact=exact)


@each_table
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64], ids=str)
def test_other_types(dtype, exact):
    """bfloat16 is computed in float32 between casts; of float64 see the list."""
    chosen = [row for row in catalogue.values() if dtype != torch.float64 or exact == "never"]
    chosen = chosen or [catalogue[name] for name in FLOAT64[exact]]

    def call(row, x):
        weights = row.tensors(dtype, torch.device("cpu"))
        y = row.function(x.to(dtype), *weights)
        return y.float() if dtype == torch.bfloat16 else y

    x = torch.randn(4, 6, dtype=torch.float64).mul(3)
    x = x if dtype == torch.float64 else x.float()
    agree([partial(call, row) for row in chosen], (x,), exact=exact)


FLOAT64 = {False: ("relu", "sigmoid", "maxout"), True: ("relu", "sigmoid", "maxout")}
