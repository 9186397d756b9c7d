"""An installed nonlin, below a prefix and in a wheel, as other people's programs meet it.

Both are taken from the finished build that this session imports: nothing is compiled twice.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nonlin
import pytest
import torch
from development import BUILD, ROOT, needs_build, run

CONSUMER = ROOT / "tests" / "consumer"
pytestmark = needs_build


def cmake() -> str:
    """The program that configured the build."""
    cache = (BUILD / "CMakeCache.txt").read_text()
    return re.search(r"^CMAKE_COMMAND:INTERNAL=(.+)$", cache, re.MULTILINE).group(1)


def libraries(program: Path) -> dict[str, str]:
    """Every shared library that a program loads, and where it is found."""
    return dict(re.findall(r"(\S+) => (.+?)(?: \(|$)", run("ldd", program), re.MULTILINE))


def configure(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [cmake(), "-S", CONSUMER, "-B", folder, "-G", "Ninja", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


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
    done = configure(folder, f"-DCMAKE_PREFIX_PATH={prefix}")
    assert done.returncode == 0, done.stderr
    run(cmake(), "--build", folder)
    return folder


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel beside this environment's torch, shared through links."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    options = ["--no-build-isolation", "--no-deps", "--wheel-dir", folder]
    run(*pip, "wheel", ROOT, *options, env={**os.environ, "NONLIN_BUILD_DIR": str(BUILD)})
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))").strip())
    for entry in Path(sysconfig.get_path("platlib")).iterdir():
        if not entry.name.startswith("nonlin"):
            (site / entry.name).symlink_to(entry)
    (wheel,) = folder.glob("*.whl")
    run(*pip, "--python", python, "install", "--no-index", "--no-deps", wheel)
    return site


def python_of(site_packages: Path) -> Path:
    return site_packages.parents[2] / "bin" / "python"


def import_error(package: Path) -> str:
    """What the last line of the traceback says when that copy of the package is imported."""
    command = [sys.executable, "-c", "import nonlin"]
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=package)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_prefix_has_the_cpp_package_and_nothing_else(prefix: Path):
    found = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    headers = {
        f"include/{path.relative_to(ROOT / 'csrc/include')}"
        for path in ROOT.glob("csrc/include/nonlin/**/*.h")
    }
    package = {"nonlin-config.cmake", "nonlin-config-version.cmake", "FindTorchWheel.cmake"}
    assert found == headers | {"lib/libnonlin.so", "lib/build-info"} | {
        f"share/cmake/nonlin/{name}" for name in package
    }


def test_program_trains(consumer: Path):
    assert run(consumer / "app").startswith("loss ")


def test_torchscript_runs_in_a_program_that_uses_no_symbol(consumer: Path, tmp_path: Path):
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 5), nonlin.nn.Mish(), nonlin.nn.Swish(1.5)
    ).double()
    torch.jit.script(model).save(tmp_path / "model.pt")
    x = torch.linspace(-3, 3, 12, dtype=torch.float64).reshape(4, 3).requires_grad_()
    y = model(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    expected = [y.sum().item(), gradient.square().sum().item()]
    printed = run(consumer / "jit_only", tmp_path / "model.pt").split()
    assert [float(number) for number in printed] == pytest.approx(expected, rel=1e-12)


def test_nothing_needs_python(prefix: Path, consumer: Path):
    for program in (prefix / "lib" / "libnonlin.so", consumer / "app", consumer / "jit_only"):
        loaded = libraries(program)
        assert not [name for name in loaded if "python" in name]
        assert "not found" not in loaded.values()


def test_other_torch_is_refused_by_cmake(prefix: Path, tmp_path: Path):
    facts = tmp_path / "torch/share/cmake/Torch/TorchConfigVersion.cmake"
    facts.parent.mkdir(parents=True)
    facts.write_text('set(PACKAGE_VERSION "2.99.0")\n')
    done = configure(
        tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}", f"-DTORCH_ROOT={tmp_path / 'torch'}"
    )
    assert done.returncode != 0
    assert "has torch 2.99.0; build nonlin again for it" in " ".join(done.stderr.split())


def test_wheel_imports(site_packages: Path):
    script = (
        "import nonlin, torch; print(nonlin.__file__); print(nonlin.mish(torch.zeros(1)).item())"
    )
    file, value = run(python_of(site_packages), "-I", "-c", script).split()
    assert Path(file) == site_packages / "nonlin" / "__init__.py"
    assert float(value) == 0


def test_wheel_serves_cpp(site_packages: Path, tmp_path: Path):
    script = "import nonlin; print(nonlin.cmake_prefix_path)"
    hint = run(python_of(site_packages), "-I", "-c", script).strip()
    assert hint == str(site_packages / "nonlin/share/cmake")
    done = configure(tmp_path, f"-DCMAKE_PREFIX_PATH={hint}")
    assert done.returncode == 0, done.stderr
    run(cmake(), "--build", tmp_path, "--target", "empty")
    run(tmp_path / "empty")
    assert libraries(tmp_path / "empty")["libnonlin.so"] == str(
        site_packages / "nonlin/lib/libnonlin.so"
    )


def test_wheel_names_no_folder_of_the_machine_that_built_it(site_packages: Path):
    for library in [
        site_packages / "nonlin/lib/libnonlin.so",
        *site_packages.glob("nonlin/_C*.so"),
    ]:
        (runpath,) = re.findall(r"runpath: \[(.*)\]", run("readelf", "-d", library))
        assert all(folder.startswith("$ORIGIN") for folder in runpath.split(":"))


@pytest.mark.parametrize("built_for", ["2.9.1", "2.99.0"])
def test_other_torch_is_refused_by_import(site_packages: Path, tmp_path: Path, built_for: str):
    copy = tmp_path / "nonlin"
    shutil.copytree(site_packages / "nonlin", copy)
    facts = copy / "lib" / "build-info"
    facts.write_text(re.sub(r"torch=.*", f"torch={built_for}", facts.read_text()))
    message = import_error(copy)
    assert re.match(r"ImportError: nonlin \S+ was built for PyTorch", message)
    assert built_for.rpartition(".")[0] in message
    assert f"PyTorch {torch.__version__} is installed" in message
    assert "pip install" in message
