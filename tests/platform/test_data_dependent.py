"""Sizes that depend on data: no operator asks for them before they are known."""

import pytest
import torch
from compiling import agree
from rows import GROUPWISE, PARAMETRIC, POINTWISE
from torch.autograd import grad

pytestmark = [
    pytest.mark.usefixtures("fresh_compiler"),
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
x0 = torch.linspace(-2, 2, 24).reshape(4, 6)
MASKS = ([True, False, True, True], [False, True, False, False], [False] * 4)


@pytest.fixture(autouse=True)
def _captured():
    with torch._dynamo.config.patch(capture_dynamic_output_shape_ops=True):
        yield


def weights(row):
    return [w.detach() for w in row.tensors(torch.float32, torch.device("cpu"))]


def program(row, layout, inplace: bool = False):
    """The activation of those rows that a mask chooses."""
    more = {"inplace": True} if inplace else {}

    def run(x, mask, *weights):
        return row.function(layout(x[mask] * 1), *weights, **more).sum(0)

    return run


LAYOUTS = {
    "rows": lambda x: x,
    "strided": lambda x: x.unsqueeze(-1).transpose(0, 2).squeeze(0).t(),
    "channels": lambda x: x.reshape(-1, 6, 1).expand(-1, 6, 2),
}


# A family is one text: those with no parameter, with three, with a weight, with groups.
ROWS = [row.row for row in (POINTWISE[0], POINTWISE[-1], PARAMETRIC[0], GROUPWISE[0])]
each = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def compare(row, layout, backend, inplace=False):
    f = program(row, LAYOUTS[layout], inplace)
    run = torch.compile(f, fullgraph=True, backend=backend)
    for mask in MASKS:
        results = []
        for g in (run, f):
            leaf = x0.clone().requires_grad_()
            y = g(leaf, torch.tensor(mask), *weights(row))
            results.append((y.detach(), grad(y.square().sum(), leaf)[0]))
        agree(*results)


@each
def test_values_and_gradients(row):
    compare(row, "rows", "inductor")


@each
@pytest.mark.parametrize("layout", ["strided", "channels"])
def test_layouts(row, layout):
    compare(row, layout, "aot_eager")


@pytest.mark.parametrize("row", ROWS[:-1], ids=lambda row: row.name)
def test_in_place(row):
    compare(row, "rows", "aot_eager", inplace=True)


@each
@pytest.mark.parametrize("dim", [0, 1])
def test_unbacked_inputs(row, dim):
    x, parameters = x0.clone(), weights(row)
    torch._dynamo.decorators.mark_unbacked(x, dim)
    run = torch.compile(row.function, fullgraph=True, backend="aot_eager")
    agree(run(x, *parameters), row.function(x0, *parameters))


@each
@pytest.mark.parametrize("strict", [True, False])
def test_exported(row, strict):
    f = program(row, LAYOUTS["rows"])

    class Module(torch.nn.Module):
        def forward(self, x, mask, *weights):
            return f(x, mask, *weights)

    given = x0, torch.tensor(MASKS[0]), *weights(row)
    module = torch.export.export(Module(), given, strict=strict).module()
    for mask in MASKS:
        given = x0, torch.tensor(mask), *weights(row)
        agree(module(*given), f(*given))
