"""The machine code of the CUDA kernels, which needs no device to be looked at."""

import importlib.util
import re
import shutil
from pathlib import Path

import nonlin
import pytest
from development import BUILD, needs_build, run

pytestmark = needs_build
OPERATORS = [row["name"] for row in nonlin._C.operators()]
ACCESSES = {"value": [1, 1], "backward": [2, 1], "double_backward": [3, 2]}  # reads, writes
TYPES, LOOPS = 4, 2


def disassembler() -> str:
    """cuobjdump of the toolkit, or the one that Triton ships."""
    found = shutil.which("cuobjdump") or shutil.which("cuobjdump", path="/usr/local/cuda/bin")
    spec = importlib.util.find_spec("triton")
    if not found and spec and spec.origin:
        found = shutil.which(
            "cuobjdump", path=str(Path(spec.origin).parent / "backends/nvidia/bin")
        )
    return found or pytest.skip("needs cuobjdump, of the CUDA toolkit or of Triton")


@pytest.mark.parametrize("name", OPERATORS)
def test_kernels_stay_in_registers(name):
    """Memory of a thread's own, for spilled registers or for arrays, would halve the speed."""
    if not nonlin._C.build_info()["cuda"]:
        pytest.skip("this build of nonlin has no CUDA kernels")
    usage = run(disassembler(), "-res-usage", *BUILD.glob(f"**/units/cuda/{name}.cu.o"))
    architectures = usage.count("Fatbin elf code")
    kernels = re.findall(r"^ *Function (\S+?):\n.*?STACK:(\d+) .*?LOCAL:(\d+)", usage, re.MULTILINE)
    assert len(kernels) == architectures * len(ACCESSES) * TYPES * LOOPS > 0
    assert not [kernel for kernel, stack, local in kernels if stack != "0" or local != "0"]


@pytest.mark.parametrize("name", OPERATORS)
def test_kernels_move_whole_vectors(name):
    """In a dense run every tensor is read and written 16 bytes at a time."""
    if not nonlin._C.build_info()["cuda"]:
        pytest.skip("this build of nonlin has no CUDA kernels")
    code = run(disassembler(), "-sass", *BUILD.glob(f"**/units/cuda/{name}.cu.o"))
    dense = [part for part in code.split("Function : ")[1:] if "dense" in part.split("\n")[0]]
    assert len(dense) % (len(ACCESSES) * TYPES) == 0 < len(dense)
    for part in dense:
        kernel = part.split("\n")[0]
        name_of_pass = re.search(r"(value|double_backward|backward)_pass", kernel)[1]
        wide = [len(re.findall(rf"\b{kind}\.E\.128\b", part)) for kind in ("LDG", "STG")]
        assert wide == ACCESSES[name_of_pass], kernel
