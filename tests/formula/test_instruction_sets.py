"""Which instruction set computes, and a formula on an array, by itself."""

import os
import subprocess
import sys

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import CAPABILITIES, INSTRUCTION_SETS
from rows import MEMBERS

pytestmark = pytest.mark.smoke

SAMPLE = """
import torch
def sample():
    x = torch.arange(-500, 501) / 25
    rows = nonlin._C.operators()
    names = [row["name"] for row in rows if row["family"] == "pointwise"]
    return [getattr(torch.ops.nonlin, n)(x).view(torch.int32).sum().item() for n in names]
"""
CHILD = (
    SAMPLE
    + "print(torch.backends.cpu.get_cpu_capability(), nonlin._C.instruction_set(), *sample())"
)


@pytest.mark.parametrize("index", range(3), ids=[name.lower() for name in CAPABILITIES])
def test_aten_cpu_capability_chooses(index):
    """It steers our kernels as it steers PyTorch's, to what set_instruction_set() chooses."""
    capability, name = CAPABILITIES[index], INSTRUCTION_SETS[index]
    if index > CAPABILITIES.index(torch.backends.cpu.get_cpu_capability()):
        pytest.skip(f"torch runs at {torch.backends.cpu.get_cpu_capability()} here")
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import nonlin" + CHILD],
        env=os.environ | {"ATEN_CPU_CAPABILITY": capability.lower()},
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    names = {"nonlin": nonlin}
    exec(SAMPLE, names)
    nonlin._C.set_instruction_set(name)
    try:
        here = names["sample"]()
    finally:
        nonlin._C.set_instruction_set(None)
    assert child.stdout.split() == [capability, name, *map(str, here)]


def test_unknown_instruction_set_is_refused():
    before = nonlin._C.instruction_set()
    with pytest.raises((ValueError, RuntimeError), match="sse9"):
        nonlin._C.set_instruction_set("sse9")
    assert nonlin._C.instruction_set() == before


def test_lane_functions_on_arrays(pointwise, instruction_set):
    """nonlin._C.evaluate() is the kernel without the tensor."""
    parameters = list(pointwise.parameters)
    for dtype in (torch.float32, torch.float64):
        x = torch.randn(1001, dtype=dtype)
        for member in MEMBERS:
            array = nonlin._C.evaluate(
                pointwise.operator, member, x.numpy(), parameters, instruction_set
            )
            got, want = torch.from_numpy(array), pointwise.computed(member, x)
            assert same_bits(got, want), f"{pointwise} {member}, {dtype}, {instruction_set}"


def test_lane_functions_have_defaults(operator):
    x = torch.randn(1001)
    array = nonlin._C.evaluate(operator.operator, "value", x.numpy())
    want = getattr(torch.ops.nonlin, operator.operator)(x)
    assert same_bits(torch.from_numpy(array), want), f"{operator}"
