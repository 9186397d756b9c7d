"""torch.export: operators stay nodes, batches stay dynamic; programs are saved, loaded, trained."""

import io

import pytest
import torch
from rows import OPERATORS

pytestmark = [
    pytest.mark.devices,
    # Of PyTorch 2.11's own code.
    pytest.mark.filterwarnings("ignore:.*LeafSpec.* is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The given buffer is not writable"),
]


class Model(torch.nn.Module):
    """Every operator once, functional and in place."""

    def __init__(self, cases=OPERATORS) -> None:
        super().__init__()
        self.cases = cases
        self.linear = torch.nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for case in self.cases:
            x = case.forward(self.linear(x))
            x = case.inplace(x + 1)
        return x


def calls(program) -> list[str]:
    return [
        str(node.target)
        for node in program.graph.nodes
        if node.op == "call_function" and str(node.target).startswith("nonlin")
    ]


def export(strict: bool, model=None):
    model = model or Model()
    batch = torch.export.Dim("batch", min=2)
    example = torch.randn(3, 4)
    return model, torch.export.export(
        model, (example,), dynamic_shapes={"x": {0: batch}}, strict=strict
    )


@pytest.mark.parametrize("strict", [False, True], ids=["non-strict", "strict"])
def test_export(strict):
    model, program = export(strict)
    expected = [f"nonlin.{case.operator}{kind}.default" for case in OPERATORS for kind in ("", "_")]
    assert calls(program) == expected
    for size in (2, 5, 33):
        x = torch.randn(size, 4)
        torch.testing.assert_close(program.module()(x), model(x))


def test_run_decompositions():
    """Functionalized: the in-place operator becomes the functional one, and none is taken apart."""
    model, program = export(False)
    lowered = program.run_decompositions()
    expected = [f"nonlin.{case.operator}.default" for case in OPERATORS for _ in range(2)]
    assert calls(lowered) == expected
    x = torch.randn(7, 4)
    torch.testing.assert_close(lowered.module()(x), model(x))


def test_save_and_load():
    model, program = export(False)
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    buffer.seek(0)
    loaded = torch.export.load(buffer)
    x = torch.randn(6, 4)
    torch.testing.assert_close(loaded.module()(x), model(x))
    assert calls(loaded) == calls(program)


def test_training_of_an_exported_program():
    model, program = export(False)
    module = program.module()
    x = torch.randn(5, 4)
    gradients = []
    for m in (model, module):
        m(x).square().sum().backward()
        gradients.append([p.grad for p in m.parameters()])
    torch.testing.assert_close(*gradients)


def test_modules(case):
    """The modules of nonlin.nn, with each setting of their parameters."""
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), case.module())
    program = torch.export.export(model, (torch.randn(3, 4),))
    assert calls(program) == [f"nonlin.{case.operator}.default"]
    arguments = next(n.args for n in program.graph.nodes if str(n.target).startswith("nonlin"))[1:]
    defaults = [a.default_value for a in case.overload()._schema.arguments[1:]]
    assert (*arguments, *defaults[len(arguments) :]) == pytest.approx(case.parameters)
    x = torch.randn(3, 4)
    torch.testing.assert_close(program.module()(x), model(x))
