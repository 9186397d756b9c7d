"""What all tests share: rows, seeds, instruction sets."""

import warnings

import nonlin
import pytest
import torch
from cases import CASES, OPERATORS
from family_cases import GROUPWISE, PARAMETRIC

INSTRUCTION_SETS = ("scalar", "avx2", "avx512")
CAPABILITIES = ("DEFAULT", "AVX2", "AVX512")  # of torch, in the same order


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        # Module scope: all tests of a row follow each other and share what is computed once.
        metafunc.parametrize("case", CASES, ids=str, scope="module")
    if "operator" in metafunc.fixturenames:
        metafunc.parametrize("operator", OPERATORS, ids=lambda case: case.operator)
    for name, rows in (("parametric", PARAMETRIC), ("groupwise", GROUPWISE)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, rows, ids=str)


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


@pytest.fixture(scope="session")
def compiler_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("inductor"))


@pytest.fixture
def fresh_compiler(compiler_cache: str, monkeypatch: pytest.MonkeyPatch):
    """No compiled code is left over from another test, nor on disk from another build."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", compiler_cache)
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def script(function, *arguments):
    """torch.jit.script, or trace if there are arguments, without the deprecation warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.trace(function, arguments) if arguments else torch.jit.script(function)
