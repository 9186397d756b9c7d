"""torch.export: operators stay nodes, batches stay dynamic; programs are saved, loaded, trained."""

import re
import subprocess
import sys

import nonlin
import pytest
import torch
from compiling import agree
from conftest import script
from operators import EVERY_OPERATOR, results
from rows import ALL, GATED, PACKED
from saving import (
    EveryActivation,
    Everything,
    assert_same_results,
    called,
    exported_and_loaded,
    nodes,
)
from torch.utils._pytree import tree_leaves

pytestmark = [
    pytest.mark.devices,
    # Of PyTorch 2.11's own code.
    pytest.mark.filterwarnings("ignore:.*LeafSpec.* is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The given buffer is not writable"),
]


@pytest.mark.parametrize("strict", [False, True], ids=["non-strict", "strict"])
def test_export(strict):
    """The calls of the program are those of the model, with all numbers, in place or not."""
    model, batch = Everything(), torch.export.Dim("batch", min=2)
    example = torch.randn(3, 3)
    program = torch.export.export(model, (example,), dynamic_shapes=({0: batch},), strict=strict)
    calls = called(model, example)
    assert {name.split(".")[1].removesuffix("_") for name, _ in calls} >= {
        row.operator for row in ALL if row not in (*GATED, *PACKED)
    }
    assert nodes(program.graph) == calls
    assert_same_results(program.module(), model, 2, 5, 33)
    loaded = exported_and_loaded(program)
    assert nodes(loaded.graph) == calls
    assert_same_results(loaded.module(), model, 2, 33)


@pytest.mark.parametrize("row", [*GATED, *PACKED], ids=str)
def test_gated(row):
    """Of two tensors, and of one that holds both."""

    class Gate(torch.nn.Module):
        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            return row.forward(*tensors)

    example = tuple(torch.randn(3, 4) for _ in range(2 if row in GATED else 1))
    program = torch.export.export(Gate(), example)
    assert [name.split(".")[1] for name, _ in nodes(program.graph)] == [row.operator]
    loaded = exported_and_loaded(program)
    assert torch.equal(loaded.module()(*example), row.forward(*example))


def test_functionalized():
    """An in-place operator becomes the functional one, and none is taken apart."""
    model, example = Everything(), torch.randn(3, 3)
    program = torch.export.export(model, (example,)).run_decompositions()
    calls = [(name.replace("_.", "."), rest) for name, rest in called(model, example)]
    assert nodes(program.graph) == calls
    assert_same_results(program.module(), model, 3)


@pytest.mark.smoke
def test_every_overload_has_a_decomposition():
    """Other namespaces are those of activations that some test has loaded."""
    known = torch._C._dispatch_get_all_op_names()
    of_ours = {name for name in known if name.startswith("nonlin::")}
    names = {op.name() for op in nonlin.decompositions()}
    assert len(of_ours) > 150 and {n for n in names if n.startswith("nonlin::")} == of_ours


class EveryOperator(torch.nn.Module):
    """Calls of every operator of every kind, with operands that are its inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls, self.tensors = [], []
        for row in EVERY_OPERATOR:
            sample = next(row.sample_inputs(torch.float32))
            for kind in row.KINDS:
                operands = row.operands(kind, sample)
                self.calls.append((row, kind, sample, operands))
                self.tensors.append(operands.tensors)

    def forward(self, given: list[tuple[torch.Tensor, ...]]) -> list[tuple[torch.Tensor, ...]]:
        return [
            results(row.overload(kind), row, kind, sample, operands.with_tensors(*tensors))
            for (row, kind, sample, operands), tensors in zip(self.calls, given, strict=True)
        ]


@pytest.mark.cpu
def test_decompositions():
    """Every overload in one program. With PyTorch's own table what is left is Core ATen."""
    model = EveryOperator()
    given = model.tensors
    program = torch.export.export(model, (given,))
    called = {name for name, _ in nodes(program.graph)}
    assert called >= {str(row.overload(kind)) for row in EVERY_OPERATOR for kind in row.KINDS}
    table = torch.export.default_decompositions()
    table.update(nonlin.decompositions())
    program = program.run_decompositions(table)
    operators = {node.target for node in program.graph.nodes if node.op == "call_function"}
    assert {op for op in operators if torch.Tag.core not in getattr(op, "tags", ())} == set()
    got, want = (tree_leaves(f(given)) for f in (program.module(), model))
    assert len(got) == len(want) > len(model.calls)
    agree(got, want)


@pytest.mark.cpu
def test_a_decomposed_program_stays_dynamic():
    """Also where it was saved; at numbers of any size."""
    model, batch = EveryActivation(), torch.export.Dim("batch", min=2)
    example = torch.randn(3, 6)
    program = torch.export.export(model, (example,), dynamic_shapes=({0: batch},))
    program = program.run_decompositions(nonlin.decompositions())
    assert nodes(program.graph) == []
    for version in (program, exported_and_loaded(program)):
        for size in (2, 5, 33):
            x = torch.randn(size, 6) * 10 ** torch.linspace(-3, 3, 6)
            with torch.no_grad():
                agree(version.module()(x), model(x))


@pytest.mark.smoke
@pytest.mark.cpu
def test_gradients_belong_to_programs_that_keep_operators():
    """What is taken apart is differentiated as PyTorch differentiates its expression.

    That is NaN where an exponential overflows, wrong at a seam, and a surrogate slope is lost:
    docs/export.md says to train before.
    """

    functions = (nonlin.sigmoid, nonlin.tanh, nonlin.sign_ste)

    class Three(torch.nn.Module):
        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            return torch.stack([f(x) for f, x in zip(functions, inputs, strict=True)])

    def slopes(module: torch.nn.Module) -> tuple[torch.Tensor, ...]:
        inputs = [torch.tensor([-100.0, 0.0], requires_grad=True) for _ in functions]
        y = module(*inputs).sum()
        return torch.autograd.grad(y, inputs, allow_unused=True, materialize_grads=True)

    kept = torch.export.export(Three(), tuple(torch.zeros(2) for _ in functions))
    for got, want in zip(slopes(kept.module()), slopes(Three()), strict=True):
        assert torch.equal(got, want) and want[1] > 0
    sigmoid, tanh, sign_ste = slopes(kept.run_decompositions(nonlin.decompositions()).module())
    assert sigmoid[0].isnan() and tanh[1] == 0 and not sign_ste.any()


# What each loader says without nonlin; torch.export says it in its log.
LOADERS = {
    "torch.export.load": "failed to resolve torch.ops.nonlin.mish.default to an operator.*import",
    "torch.jit.load": "Unknown builtin op: nonlin::mish",
}
PROGRAM = """
import sys, torch
exported, scripted = sys.argv[1:]
loaders = {torch.export.load: exported, torch.jit.load: scripted}
for load, path in loaders.items():
    try:
        load(path)
    except RuntimeError as error:
        print(error, file=sys.stderr)
    else:
        raise AssertionError(path)
assert "nonlin" not in sys.modules
import nonlin
x = torch.linspace(-2, 2, 5)
for load, path in loaders.items():
    module = load(path)
    module = module.module() if load is torch.export.load else module
    assert torch.equal(module(x), nonlin.mish(x))
"""


@pytest.mark.cpu
def test_loaded_without_nonlin(tmp_path):
    """Each loader names the operator that it does not know; importing nonlin is all it needs."""
    exported, scripted = str(tmp_path / "exported.pt2"), str(tmp_path / "scripted.pt")
    torch.export.save(torch.export.export(nonlin.nn.Mish(), (torch.zeros(5),)), exported)
    torch.jit.save(script(nonlin.nn.Mish()), scripted)
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, exported, scripted]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, words in LOADERS.items():
        assert re.search(words, done.stderr), (name, done.stderr)
