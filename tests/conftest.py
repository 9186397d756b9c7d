"""What all tests share: seeds, instruction sets, and the `smoke` subset that CI runs on the oldest supported torch."""

import warnings

import nonlin
import pytest
import torch
from cases import CASES, OPERATORS

INSTRUCTION_SETS = ("scalar", "avx2", "avx512")
CAPABILITIES = ("DEFAULT", "AVX2", "AVX512")  # of torch, in the same order


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "smoke: the subset that runs on the oldest supported torch")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=str)
    if "operator" in metafunc.fixturenames:
        metafunc.parametrize("operator", OPERATORS, ids=lambda case: case.operator)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


@pytest.fixture(params=INSTRUCTION_SETS)
def instruction_set(request: pytest.FixtureRequest):
    """Runs the test once for each instruction set of this processor, forced in this process."""
    try:
        nonlin._C.set_instruction_set(request.param)
    except ValueError as error:
        pytest.skip(str(error))
    yield request.param
    nonlin._C.set_instruction_set(None)


@pytest.fixture
def without_vmap_fallback():
    """A missing batching rule becomes an error instead of a slow loop."""
    before = torch._C._functorch._is_vmap_fallback_enabled()
    torch._C._functorch._set_vmap_fallback_enabled(False)
    yield
    torch._C._functorch._set_vmap_fallback_enabled(before)


@pytest.fixture
def fresh_compiler():
    """No compiled code is left over from, or for, another test."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def script(function, *arguments):
    """torch.jit.script, or trace if there are arguments, without PyTorch's word that TorchScript is not developed on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.trace(function, arguments) if arguments else torch.jit.script(function)
