"""An installed nonlin, below a prefix and in a wheel, as other people's programs meet it.

Both are taken from the finished build that this session imports: nothing is compiled twice.
"""

import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

import nonlin
import pytest
import torch
from development import BUILD, ROOT, needs_build, run
from installed import (
    LIBRARY,
    PIP,
    beside_torch,
    built_wheel,
    cmake,
    configure,
    environment,
    import_error,
    install,
    libraries,
    python_of,
    torch_of_version,
)

CONSUMER = ROOT / "tests" / "consumer"
pytestmark = needs_build


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `cmake --install` puts the C++ package."""
    folder = tmp_path_factory.mktemp("prefix")
    run(cmake(), "--install", BUILD, "--prefix", folder)
    return folder


@pytest.fixture(scope="module")
def consumer(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build folder of the external project, compiled against the prefix."""
    folder = tmp_path_factory.mktemp("consumer")
    done = configure(CONSUMER, folder, f"-DCMAKE_PREFIX_PATH={prefix}")
    assert done.returncode == 0, done.stderr
    run(cmake(), "--build", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beside_torch(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    """A TorchScript model of every family, and the two numbers that consumer/jit_only finds."""
    module = torch.nn.Sequential(
        torch.nn.Linear(3, 6),
        nonlin.nn.Mish(),
        nonlin.nn.Swish(1.5),
        nonlin.nn.PReLU(6),
        nonlin.nn.Swish(0.5, learnable=True),
        nonlin.nn.Maxout(2),
    ).double()
    path = tmp_path_factory.mktemp("scripted") / "model.pt"
    torch.jit.script(module).save(path)
    x = torch.linspace(-3, 3, 12, dtype=torch.float64).reshape(4, 3).requires_grad_()
    y = module(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return path, [y.sum().item(), gradient.square().sum().item()]


def test_prefix_has_the_cpp_package_and_nothing_else(prefix: Path):
    found = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    headers = {
        f"include/{path.relative_to(ROOT / 'csrc/include')}"
        for path in ROOT.glob("csrc/include/nonlin/**/*.h")
    }
    engine = {name for name in found if name.startswith("include/nonlin/engine/csrc/")}
    layer = {name for name in engine if "/torch/" in name}
    assert {"formula.h", "unit.cpp.in", "unit.cu.in"} <= {Path(name).name for name in engine}
    assert len(layer) == 8 and all(
        (ROOT / name.partition("/engine/")[2]).exists() for name in engine
    )
    package = {"nonlin-config.cmake", "nonlin-config-version.cmake", "FindTorchWheel.cmake"}
    package |= {"nonlin-activation.cmake"}
    files = {"libnonlin.so", LIBRARY, "build-info", "compile-flags"}
    assert found - engine == headers | {f"lib/{name}" for name in files} | {
        f"share/cmake/nonlin/{name}" for name in package
    }
    assert (prefix / "lib/libnonlin.so").readlink() == Path(LIBRARY)


def test_soname_has_the_minor_versions_of_nonlin_and_torch(prefix: Path):
    minor, torch_minor = (
        ".".join(v.split(".")[:2]) for v in (nonlin.__version__, torch.__version__)
    )
    assert f"libnonlin.so.{minor}-torch{torch_minor}" == LIBRARY
    assert f"soname: [{LIBRARY}]" in run("readelf", "-d", prefix / "lib/libnonlin.so")


def test_program_trains(consumer: Path):
    assert run(consumer / "app").startswith("loss ")


def test_torchscript_runs_in_a_program_that_uses_no_symbol(
    consumer: Path, site_packages: Path, scripted: tuple[Path, list[float]]
):
    """With the prefix's library, which it was linked to, and with the wheel's in its place."""
    path, expected = scripted
    for folder in ("", str(site_packages / "nonlin/lib")):
        variables = {**os.environ, "LD_LIBRARY_PATH": folder}
        printed = run(consumer / "jit_only", path, env=variables).split()
        assert [float(number) for number in printed] == pytest.approx(expected, rel=1e-12)


def test_nothing_needs_python(prefix: Path, consumer: Path):
    for program in (prefix / "lib" / "libnonlin.so", consumer / "app", consumer / "jit_only"):
        loaded = libraries(program)
        assert not [name for name in loaded if "python" in name]
        assert "not found" not in loaded.values()


def test_other_torch_is_refused_by_cmake(prefix: Path, tmp_path: Path):
    other = torch_of_version("2.99.0", tmp_path)
    options = f"-DCMAKE_PREFIX_PATH={prefix}", f"-DTORCH_ROOT={other}"
    done = configure(CONSUMER, tmp_path / "build", *options)
    assert done.returncode != 0
    assert "has torch 2.99.0; build nonlin again for it" in " ".join(done.stderr.split())


def test_wheel_has_the_library_once_and_nothing_stale(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    libraries = [name for name in names if ".so" in name]
    assert len(libraries) == 2 and f"nonlin/lib/{LIBRARY}" in libraries, libraries
    assert "nonlin/__init__.py" in names and "nonlin/gone.py" not in names


def test_wheel_imports(site_packages: Path):
    script = (
        "import nonlin, torch; print(nonlin.__file__); print(nonlin.mish(torch.zeros(1)).item())"
    )
    file, value = run(python_of(site_packages), "-I", "-c", script).split()
    assert Path(file) == site_packages / "nonlin" / "__init__.py"
    assert float(value) == 0


def test_wheel_serves_torchscript(site_packages: Path, scripted: tuple[Path, list[float]]):
    """In a process that knows the wheel's library and nothing of the Python package."""
    path, expected = scripted
    script = f"""
import sys, torch
torch.ops.load_library({str(site_packages / "nonlin/lib" / LIBRARY)!r})
module = torch.jit.load({str(path)!r})
x = torch.linspace(-3, 3, 12, dtype=torch.float64).reshape(4, 3).requires_grad_()
y = module(x)
(gradient,) = torch.autograd.grad(y.sum(), x)
assert "nonlin" not in sys.modules
print(y.sum().item(), gradient.square().sum().item())
"""
    printed = run(python_of(site_packages), "-W", "ignore", "-I", "-c", script).split()
    assert [float(number) for number in printed] == pytest.approx(expected, rel=1e-12)


def test_wheel_serves_cpp(site_packages: Path, tmp_path: Path):
    script = "import nonlin; print(nonlin.cmake_prefix_path)"
    hint = run(python_of(site_packages), "-I", "-c", script).strip()
    assert hint == str(site_packages / "nonlin/share/cmake")
    done = configure(CONSUMER, tmp_path, f"-DCMAKE_PREFIX_PATH={hint}")
    assert done.returncode == 0, done.stderr
    run(cmake(), "--build", tmp_path, "--target", "empty")
    run(tmp_path / "empty")
    assert libraries(tmp_path / "empty")[LIBRARY] == str(site_packages / "nonlin/lib" / LIBRARY)


def test_wheel_names_no_folder_of_the_machine_that_built_it(site_packages: Path):
    for library in [
        site_packages / "nonlin/lib" / LIBRARY,
        *site_packages.glob("nonlin/_C*.so"),
    ]:
        (runpath,) = re.findall(r"runpath: \[(.*)\]", run("readelf", "-d", library))
        assert all(folder.startswith("$ORIGIN") for folder in runpath.split(":"))


def test_uninstall_leaves_nothing(wheel: Path, tmp_path: Path):
    site = environment(tmp_path, lambda name: False)
    install(wheel, site)
    assert (site / "nonlin/lib" / LIBRARY).is_file()
    run(*PIP, "--python", python_of(site), "uninstall", "--yes", "nonlin")
    assert not list(site.iterdir())


@pytest.mark.parametrize("built_for", ["2.9.1", "2.99.0"])
def test_other_torch_is_refused_by_import(site_packages: Path, tmp_path: Path, built_for: str):
    copy = tmp_path / "nonlin"
    shutil.copytree(site_packages / "nonlin", copy)
    facts = copy / "lib" / "build-info"
    facts.write_text(re.sub(r"torch=.*", f"torch={built_for}", facts.read_text()))
    message = import_error(sys.executable, copy, copy)
    assert re.match(r"ImportError: nonlin \S+ was built for PyTorch", message)
    assert built_for.rpartition(".")[0] in message
    assert f"PyTorch {torch.__version__} is installed" in message
    assert "pip install" in message


def test_import_without_torch(wheel: Path, tmp_path: Path):
    site = environment(tmp_path, lambda name: False)
    install(wheel, site)
    message = import_error(python_of(site), tmp_path)
    assert message.startswith("ImportError: nonlin needs PyTorch, which is not installed here")
    assert "`pip install torch`" in message
