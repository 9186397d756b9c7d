"""Makes two packages of one network, which run without Python: python package.py FOLDER

`fused.pt2` has the expressions of its activations, compiled together with what stands around them;
`kernels.pt2` calls nonlin's kernels. run.cpp runs both.
"""

import io
import sys
from pathlib import Path

import nonlin
import torch
from torch._inductor import aoti_compile_and_package, aoti_load_package


def network() -> torch.nn.Module:
    return torch.nn.Sequential(
        torch.nn.Linear(8, 32),
        nonlin.nn.Mish(),
        nonlin.nn.GatedMLP(32, 48, activation="swiglu"),
        nonlin.nn.PReLU(32),
        torch.nn.Linear(32, 24),
        nonlin.nn.Maxout(3),
        nonlin.nn.GELU("tanh"),
    )


def write(path: Path, t: torch.Tensor) -> None:
    """As C++ reads it, by torch::jit::pickle_load."""
    buffer = io.BytesIO()
    torch.save(t, buffer)
    path.write_bytes(buffer.getvalue())


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    net, x = network().eval(), torch.randn(64, 8)
    with torch.no_grad():
        y = net(x)
        batch = torch.export.Dim("batch", min=2, max=1024)
        program = torch.export.export(net, (x,), dynamic_shapes=({0: batch},))
    write(folder / "inputs.pt", x)
    write(folder / "results.pt", y)
    for name, decompose in (("fused", True), ("kernels", False)):
        nonlin.config.decompose = decompose
        package = str(folder / f"{name}.pt2")
        run = aoti_load_package(aoti_compile_and_package(program, package_path=package))
        error = max((run(x[:n]) - y[:n]).abs().max().item() for n in (2, 7, 64))
        print(f"{package}: largest difference {error:.1e}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
