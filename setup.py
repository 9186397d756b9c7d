"""Builds the wheel. CMakeLists.txt alone describes the native build; this file calls it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build import build
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
OUTPUT = ROOT / "build-wheel"


def find_torch() -> tuple[Path, str]:
    """Finds it by path: an isolated build hides the environment it builds for from `import`."""
    for folder in (sysconfig.get_path("platlib"), *sys.path):
        facts = Path(folder, "torch/share/cmake/Torch/TorchConfigVersion.cmake")
        if facts.is_file():
            minor = re.search(r'PACKAGE_VERSION "(\d+\.\d+)', facts.read_text()).group(1)
            return facts.parents[3], minor
    raise SystemExit("nonlin: PyTorch is not installed. Run `pip install torch` first.")


class CleanBuild(build):
    """Begins with nothing: setuptools would pack files that are gone."""

    def run(self) -> None:
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class CMakeBuild(build_ext):
    """Installs a CMake build into the package; NONLIN_BUILD_DIR can name a finished one."""

    def run(self) -> None:
        if self.editable_mode:
            raise SystemExit("nonlin: for development run `make build`; see CONTRIBUTING.md.")
        if not (build := os.environ.get("NONLIN_BUILD_DIR")):
            build = OUTPUT / f"{sys.implementation.cache_tag}-torch{MINOR}"
            options = ["-DNONLIN_PYTHON=ON", f"-DTORCH_ROOT={TORCH}", "-G", "Ninja"]
            options += [f"-DPython_EXECUTABLE={sys.executable}"]
            options += shlex.split(os.environ.get("CMAKE_ARGS", ""))
            subprocess.check_call(["cmake", "-S", ROOT, "-B", build, *options])
            subprocess.check_call(["cmake", "--build", build])
        package = Path(self.build_lib).resolve() / "nonlin"
        for component in ("library", "python"):  # not the link: a wheel would hold a copy
            options = ["--strip", "--prefix", package, "--component", component]
            subprocess.check_call(["cmake", "--install", build, *options])


TORCH, MINOR = find_torch()
recent = re.search(r" (3\.(2[5-9]|[3-9]\d)|[4-9])\.", subprocess.getoutput("cmake --version"))
setup(
    ext_modules=[Extension("nonlin._C", [])],  # makes setuptools call build_ext and tag the wheel
    cmdclass={"build": CleanBuild, "build_ext": CMakeBuild},
    options={"build": {"build_base": str(OUTPUT), "build_lib": str(OUTPUT / "lib")}},
    setup_requires=["cmake>=3.25"] * (not recent)
    + ["ninja"] * bool(subprocess.getstatusoutput("ninja --version")[0]),
    install_requires=[f"torch=={MINOR}.*"],
)
