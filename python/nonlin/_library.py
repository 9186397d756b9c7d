"""Checks that the compiled library fits the installed PyTorch, then loads it."""

from __future__ import annotations

import importlib
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

# Not resolved: a development build is a folder of links, and the compiled files lie beside them.
directory = Path(__file__).parent
cmake_prefix_path = str(directory / "share" / "cmake")

_REBUILD = (
    "Build it against this PyTorch: run `pip install --force-reinstall --no-deps --no-cache-dir .` "
    "in nonlin's source folder"
)


def facts() -> dict[str, str]:
    """What the build recorded: the versions of nonlin, PyTorch and CUDA."""
    path = directory / "lib" / "build-info"
    if not path.exists():
        raise ImportError(
            f"nonlin is not built: {path} does not exist. Run `pip install .` in nonlin's source "
            "folder, and do not start Python in its folder `python`."
        )
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in lines}


def misfit(built: dict[str, str], torch_version: str, cuda_version: str | None) -> str | None:
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


def load() -> str:
    """Load operators and autograd nodes; return the version of nonlin."""
    built = facts()
    reason = misfit(built, torch.__version__, torch.version.cuda)
    if reason:
        raise ImportError(reason)
    load_library: Callable[[str], None] = torch.ops.load_library
    load_library(str(directory / "lib" / "libnonlin.so"))
    # Its import names the autograd nodes, without which AOTAutograd misjudges in-place operators.
    importlib.import_module("nonlin._C")
    _tag_compile_caches(built["version"])
    return built["version"]


def _tag_compile_caches(version: str) -> None:
    """Code that torch.compile made from our formulas must not outlive them in its caches."""
    from torch.compiler import config

    tag = f";nonlin={version}"
    if tag not in config.cache_key_tag:
        config.cache_key_tag += tag


version = load()
