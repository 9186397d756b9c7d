"""Helpers for tests that install what the build under test has made."""

from __future__ import annotations

import fcntl
import functools
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import nonlin
from development import BUILD, ROOT, run

LIBRARY = nonlin._library.build_facts()["library"]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]


def cmake() -> str:
    """The program that configured the build."""
    cache = (BUILD / "CMakeCache.txt").read_text()
    return re.search(r"^CMAKE_COMMAND:INTERNAL=(.+)$", cache, re.MULTILINE).group(1)


def configure(source: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [cmake(), "-S", source, "-B", folder, "-G", "Ninja", *options]
    return subprocess.run(command, capture_output=True, text=True)


def torch_of_version(version: str, folder: Path) -> Path:
    """A folder that CMake takes for a torch of that version, and that has nothing else."""
    facts = folder / "torch/share/cmake/Torch/TorchConfigVersion.cmake"
    facts.parent.mkdir(parents=True)
    facts.write_text(f'set(PACKAGE_VERSION "{version}")\n')
    return folder / "torch"


def libraries(program: Path) -> dict[str, str]:
    """Every shared library that a program loads, and where it is found."""
    return dict(re.findall(r"(\S+) => (.+?)(?: \(|$)", run("ldd", program), re.MULTILINE))


def environment(folder: Path, shared: Callable[[str], bool]) -> Path:
    """A fresh environment with links to those packages of this one; where its packages lie."""
    venv.create(folder)
    show = "import sysconfig; print(sysconfig.get_path('platlib'))"
    site = Path(run(folder / "bin" / "python", "-c", show).strip())
    for entry in Path(sysconfig.get_path("platlib")).iterdir():
        if shared(entry.name):
            (site / entry.name).symlink_to(entry)
    return site


def install(wheel: Path, site_packages: Path) -> None:
    run(*PIP, "--python", python_of(site_packages), "install", "--no-index", "--no-deps", wheel)


def built_wheel(session: Path) -> Path:
    """The wheel that the build under test makes, once for all processes of a session of tests."""
    folder = (session.parent if "PYTEST_XDIST_WORKER" in os.environ else session) / "wheel"
    with (BUILD / "wheel.lock").open("w") as lock:  # setup.py has one folder for all
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make_wheel(folder)
    (path,) = folder.glob("*.whl")
    return path


def _make_wheel(folder: Path) -> None:
    gone = ROOT / "build-wheel" / "lib" / "nonlin" / "gone.py"
    gone.parent.mkdir(parents=True, exist_ok=True)
    gone.touch()
    assert run(sys.executable, "setup.py", "--name", cwd=ROOT).strip() == "nonlin" and gone.exists()
    options = ["--no-build-isolation", "--no-deps", "--wheel-dir", folder]
    run(*PIP, "wheel", ROOT, *options, env={**os.environ, "NONLIN_BUILD_DIR": str(BUILD)})


@functools.cache
def beside_torch(session: Path) -> Path:
    """An environment with the wheel beside this environment's torch, shared through links."""
    (folder := session / "beside-torch").mkdir()
    site = environment(folder, lambda name: not name.startswith("nonlin"))
    install(built_wheel(session), site)
    return site


def python_of(site_packages: Path) -> Path:
    return site_packages.parents[2] / "bin" / "python"


def import_error(python: Path | str, folder: Path, package: Path | None = None) -> str:
    """What the last line of the traceback says when the package, or that copy, is imported."""
    path = {"PYTHONPATH": str(package.parent)} if package else {}
    return import_error_of(python, "-c", "import nonlin", cwd=folder, **path)


def import_error_of(*command: object, cwd: Path | None = None, **variables: str) -> str:
    """The same of a program, in an environment with these variables."""
    others = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env={**others, **variables},
        cwd=cwd,
    )
    assert done.returncode == 1, done.stderr  # and no signal
    return done.stderr.strip().splitlines()[-1]
