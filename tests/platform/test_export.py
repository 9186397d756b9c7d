"""torch.export: operators stay nodes, batches stay dynamic; programs are saved, loaded, trained."""

import pytest
import torch
from rows import ALL, GATED, PACKED
from saving import Everything, assert_same_results, called, exported_and_loaded, nodes

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


def test_decompositions():
    """Functionalized: an in-place operator becomes the functional one, and none is taken apart."""
    model, example = Everything(), torch.randn(3, 3)
    program = torch.export.export(model, (example,)).run_decompositions()
    calls = [(name.replace("_.", "."), rest) for name, rest in called(model, example)]
    assert nodes(program.graph) == calls
    assert_same_results(program.module(), model, 3)
