"""Checks that the compiled library fits the installed PyTorch, then loads it."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib
import re
from collections.abc import Callable
from pathlib import Path

try:
    import torch
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise ImportError(
        "nonlin needs PyTorch, which is not installed here: run `pip install torch`, "
        "then install nonlin again."
    ) from None

from nonlin import _compile_caches, config

# Not resolved: a development build is a folder of links, and the compiled files lie beside them.
directory = Path(__file__).parent
cmake_prefix_path = str(directory / "share" / "cmake")

_REBUILD = (
    "Build it against this PyTorch: run `pip install --force-reinstall --no-deps --no-cache-dir .` "
    "in nonlin's source folder"
)


def build_facts() -> dict[str, str]:
    """What the build recorded: the versions of nonlin, PyTorch and CUDA."""
    path = directory / "lib" / "build-info"
    if not path.exists():
        raise ImportError(
            f"nonlin is not built: {path} does not exist. Run `pip install .` in nonlin's source "
            "folder, and do not start Python in its folder `python`."
        )
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in lines}


def incompatibility(
    built: dict[str, str], torch_version: str, cuda_version: str | None
) -> str | None:
    """Why a library with these facts cannot be loaded into that PyTorch; None if it can."""
    ours, cuda, theirs = f"nonlin {built['version']}", built["cuda"], f"PyTorch {torch_version}"
    minor, found = (".".join(v.split(".")[:2]) for v in (built["torch"], torch_version))
    if minor != found:
        return (
            f"{ours} was built for PyTorch {minor}, but {theirs} is installed. "
            f"{_REBUILD}, or run `pip install torch=={minor}.*`."
        )
    if cuda and cuda_version is None:
        return (
            f"{ours} was built for CUDA {cuda}, but {theirs} is a build without CUDA. "
            f"{_REBUILD}, or install a PyTorch with CUDA {cuda}."
        )
    if cuda and cuda_version and cuda.split(".")[0] != cuda_version.split(".")[0]:
        return (
            f"{ours} was built for CUDA {cuda}, but {theirs} uses CUDA {cuda_version}. {_REBUILD}."
        )
    return None


def _brought_along(built: dict[str, str]) -> bool:
    """Whether a program or an extension has loaded its own copy, which then serves Python too.

    There can be no second one: PyTorch takes the name of an operator once.
    """
    found = re.findall(r"/.*/libnonlin\.so.*", Path("/proc/self/maps").read_text())
    if not found:
        return False
    copy = Path(found[0])
    if copy.name == built["library"]:
        about = ctypes.CDLL(str(copy))._ZN6nonlin7versionEv  # nonlin::version()
        about.restype = ctypes.c_char_p
        if about() == built["version"].encode():
            return True
    raise ImportError(
        f"nonlin {built['version']} needs its {built['library']}, but this process has loaded "
        f"another one, {copy}. Link what needs that against {directory}."
    )


@functools.cache
def _text() -> str:
    """Another one for every build, whose formulas may be others."""
    library = directory / "lib" / build_facts()["library"]
    return hashlib.blake2b(library.read_bytes(), digest_size=8).hexdigest()


def compiled_as() -> str:
    """What the code that torch.compile makes of the operators depends on."""
    decomposed = f"-{_text()}" if config.decompose else ""
    return f"{version}{decomposed}"


def load() -> str:
    """Load operators and autograd nodes; return the version of nonlin."""
    built = build_facts()
    reason = incompatibility(built, torch.__version__, torch.version.cuda)
    if reason:
        raise ImportError(reason)
    if not _brought_along(built):
        load_library: Callable[[str], None] = torch.ops.load_library
        load_library(str(directory / "lib" / built["library"]))
    # Its import names the autograd nodes, without which AOTAutograd misjudges in-place operators.
    importlib.import_module("nonlin._C")
    _compile_caches.add_to_keys(compiled_as)
    return built["version"]


version = load()
