"""What all tests share: rows, seeds, instruction sets."""

import os
import warnings
from pathlib import Path

import nonlin
import pytest
import torch
from device import DEVICE, under_test, why_not
from rows import (
    ALL,
    GATED,
    GATED_SETTINGS,
    GROUPWISE,
    OPERATORS,
    PACKED,
    PARAMETRIC,
    POINTWISE,
    SETTINGS,
)

INSTRUCTION_SETS = ("scalar", "avx2", "avx512")
CAPABILITIES = ("DEFAULT", "AVX2", "AVX512")  # of torch, in the same order


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-cuda", action="store_true", help="an error, and no skipped tests, without CUDA"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--require-cuda") and why_not():
        raise pytest.UsageError(f"no CUDA device can be tested: {why_not()}")
    # Processes side by side share the cores: threads beyond them wait for each other, and spin.
    # Tests of threads set their number themselves.
    if side_by_side := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        threads = max(1, len(os.sched_getaffinity(0)) // side_by_side)
        torch.set_num_threads(threads)
        os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # of their children


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Of `-n auto`: a process for each core and at least two, but this one alone for one file."""
    files = {Path(argument.split("::")[0]) for argument in config.args}
    if len(files) == 1 and all(file.is_file() for file in files):
        return 0
    return max(2, len(os.sched_getaffinity(0)))


# What the fixtures of these names stand for, one after another.
ROWS = {
    "setting": SETTINGS,  # for formula/
    "gated_setting": GATED_SETTINGS,
    "operator": OPERATORS,
    "activation": ALL,  # of these and the following: family/ and platform/
    "pointwise": POINTWISE,
    "parametric": PARAMETRIC,
    "gated": GATED,
    "packed": PACKED,
    "groupwise": GROUPWISE,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, rows in ROWS.items():
        if name in metafunc.fixturenames:
            # Module scope: tests of a setting follow each other and share what is computed.
            scope = "module" if name in ("setting", "gated_setting") else None
            metafunc.parametrize(name, rows, ids=str, scope=scope)
    marked = metafunc.definition.get_closest_marker
    either = marked("devices") and not marked("cpu")
    cuda = [pytest.param(DEVICE, marks=pytest.mark.cuda, id="cuda")] if either else []
    chosen = (mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    own = any("instruction_set" in names for names in chosen)
    if "instruction_set" in metafunc.fixturenames and not own:
        metafunc.parametrize("instruction_set", [*INSTRUCTION_SETS, *cuda], indirect=True)
    elif cuda:
        metafunc.parametrize("_device", ["cpu", *cuda], indirect=True)


LONGEST_FILES = ("platform", "package", "equipment")  # folders of files that take minutes


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a CUDA device, tests of both run on the CPU, and those that need one are skipped.

    Processes side by side take files in this order: the longest first, or one of them would be the
    last one's alone (with --no-loadscope-reorder, as files of few tests are among these).
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.path.parent.name not in LONGEST_FILES)
    if why_not():
        marked = {item: {mark.name for mark in item.iter_markers()} for item in items}
        left_out = [item for item in items if {"cuda", "devices"} <= marked[item]]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not {"cuda", "devices"} <= marked[item]]


@pytest.fixture(autouse=True)
def _device(request: pytest.FixtureRequest):
    """Runs a test marked `devices` on the CPU and on a CUDA device, where there is one."""
    if request.node.get_closest_marker("cuda") and why_not():
        pytest.skip(why_not())
    if getattr(request, "param", "cpu") == "cpu":
        yield
        return
    with under_test(**request.node.get_closest_marker("devices").kwargs):
        yield


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


@pytest.fixture
def instruction_set(request: pytest.FixtureRequest):
    """Runs the test once for each instruction set of this processor, forced in this process.

    One marked `devices` runs on a CUDA device as well.
    """
    if request.param == DEVICE:
        with under_test():
            yield DEVICE
        return
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
    """Shared by all processes of a session: Inductor compiles headers of PyTorch into it, once."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return str(folder / "inductor")


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
