"""Packages of AOTInductor: every activation, taken apart or called, where nonlin is or is not.

The C++ program that runs such packages is examples/deploy (tests/package/test_examples.py).
"""

import subprocess
import sys

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import agree
from saving import EveryActivation
from torch._inductor import aoti_compile_and_package, aoti_load_package

pytestmark = pytest.mark.usefixtures("fresh_compiler")

# Another process: what it says of a package without nonlin, and how far its results are off.
PROGRAM = """
import sys, torch
package, inputs, results, error = sys.argv[1:]
load = torch._inductor.aoti_load_package
if error:
    try:
        load(package)
    except RuntimeError as caught:
        assert error in str(caught), caught
    else:
        raise AssertionError("loaded")
    assert "nonlin" not in sys.modules
    import nonlin
run = load(package)
torch.testing.assert_close(run(torch.load(inputs)), torch.load(results), rtol=1e-5, atol=1e-6)
assert ("nonlin" in sys.modules) == bool(error)
"""


@pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")  # of PyTorch 2.11's own code
@pytest.mark.parametrize("decomposed", [True, False], ids=["decomposed", "kept"])
def test_packages(decomposed, tmp_path, monkeypatch):
    """Batches stay dynamic. What calls our operators has their bits, and asks for nonlin."""
    model, batch = EveryActivation(), torch.export.Dim("batch", min=2)
    example = torch.randn(3, 6)
    with torch.no_grad():
        program = torch.export.export(model, (example,), dynamic_shapes=({0: batch},))
    monkeypatch.setattr(nonlin.config, "decompose", decomposed)
    path = aoti_compile_and_package(program, package_path=str(tmp_path / "every.pt2"))
    run = aoti_load_package(path)
    for size in (2, 5, 33):
        x = torch.randn(size, 6) * 10 ** torch.linspace(-3, 3, 6)
        got, want = run(x), model(x).detach()
        agree(got, want)
        assert decomposed or same_bits(got, want)
    files = [tmp_path / "inputs.pt", tmp_path / "results.pt"]
    for file, tensor in zip(files, (x, want), strict=True):
        torch.save(tensor, file)
    error = "" if decomposed else "Could not find schema for nonlin::"
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, path, *map(str, files), error]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
