"""Compiles a formula for every kind of lane that this machine can run."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent
_FLAGS = "-std=c++20 -O1 -fPIC -shared -fvisibility=hidden -ffp-contract=off -fno-math-errno -fmax-errors=5"


class CompileError(RuntimeError):
    """What the compiler said."""


@dataclass(frozen=True)
class Formula:
    """A header and the type that it declares: `my_act.h` has `MyAct`."""

    header: Path

    @property
    def name(self) -> str:
        return self.header.stem

    @property
    def type(self) -> str:
        return "".join(word.capitalize() for word in self.name.split("_"))


@dataclass(frozen=True)
class Lanes:
    """Those of one instruction set: headers, their templates, flags, and what /proc/cpuinfo says."""

    name: str
    headers: tuple[str, ...]
    narrow: str
    flags: str = ""
    needs: frozenset[str] = frozenset()


_X86 = ("-mavx2 -mfma -mf16c", frozenset({"avx2", "fma", "f16c"}))
_X512 = (
    f"{_X86[0]} -mavx512f -mavx512vl -mavx512bw -mavx512dq",
    _X86[1] | {"avx512f", "avx512vl", "avx512bw", "avx512dq"},
)
LANES = (
    Lanes("scalar", ("scalar.h", "scalar_double.h"), "scalar", flags="-DNONLIN_DUALS"),
    Lanes("avx2", ("avx2.h", "avx2_double.h"), "avx2", flags=_X86[0], needs=_X86[1]),
    Lanes(
        "avx512",
        ("avx512.h", "avx512_double.h"),
        "avx512",
        flags=_X512[0],
        needs=_X512[1],
    ),
    Lanes("cuda", ("gpu.h",), "gpu_lane"),
)


def usable() -> list[Lanes]:
    """Those that this processor runs."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    has = set(re.findall(r"\w+", cpuinfo))
    return [lanes for lanes in LANES if lanes.needs <= has]


def compiled(formula: Formula, folder: Path) -> dict[str, ctypes.CDLL]:
    """The formula on all usable lanes, by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = usable()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        paths = list(pool.map(lambda lanes: _compile(formula, lanes, folder), chosen))
    return {
        lanes.name: ctypes.CDLL(str(path)) for lanes, path in zip(chosen, paths, strict=True)
    }


def _compile(formula: Formula, lanes: Lanes, folder: Path) -> Path:
    source, library = folder / f"{lanes.name}.cpp", folder / f"{lanes.name}-{os.getpid()}.so"
    headers = "\n".join(f'#include "csrc/simd/{header}"' for header in lanes.headers)
    words = {"SET": lanes.name, "LANES": headers, "NARROW": lanes.narrow}
    source.write_text(_filled("lanes.cpp.in", formula, words))
    compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++") or "clang++"
    try:
        _run(compiler, *_FLAGS.split(), *lanes.flags.split(), f"-I{ROOT}", source, "-o", library)
        return library
    finally:
        source.unlink()


def nvcc() -> str | None:
    """The compiler of CUDA, if it is here."""
    found = shutil.which(os.environ.get("CUDACXX", "nvcc"))
    usual = Path("/usr/local/cuda/bin/nvcc")
    return found or (str(usual) if usual.exists() else None)


# Of dense tensors, in float32 and bfloat16.
_POINTWISE = (
    "template __global__ void dense<Formula, {0}_pass, {1}, {2}>(const Formula, "
    "const pointers<{0}_pass>, const dense_run<{2}, std::int64_t>);"
)
_WEIGHTED = (
    "template __global__ void weighted_dense<Formula, parametric_{0}, {1}, {2}>(const Formula, "
    "const weighted_run<{2}>);"
)


def kernels(
    formula: Formula, weighted: bool, folder: Path, compiler: str, architecture: str
) -> Path:
    """An object with some of the formula's CUDA kernels, for one architecture."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _WEIGHTED if weighted else _POINTWISE
    passes = ("value", "gradient" if weighted else "backward")
    lines = [text.format(p, *t) for p in passes for t in (("float", 4), ("bfloat16", 8))]
    file = "parametric" if weighted else "pointwise"
    words = {"FILE": file, "KERNELS": "\n".join(lines)}
    source, target = folder / f"{formula.name}.cu", folder / f"{formula.name}-{os.getpid()}.o"
    source.write_text(_filled("kernels.cu.in", formula, words))
    number = architecture.removeprefix("sm_")
    flags = ("-std=c++20", "--expt-relaxed-constexpr", "--diag-suppress=1675,114", "-O3")
    code = f"-gencode=arch=compute_{number},code={architecture}"
    try:
        _run(compiler, *flags, code, f"-I{ROOT}", "-c", source, "-o", target)
        return target
    finally:
        source.unlink()


def _filled(template: str, formula: Formula, words: dict[str, str]) -> str:
    text = (_HERE / template).read_text()
    all_words = words | {"HEADER": str(formula.header.resolve()), "TYPE": formula.type}
    return re.sub(r"@(\w+)@", lambda found: all_words[found[1]], text)


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        told = done.stderr.strip() or done.stdout.strip()
        asserted = re.search(r"static assertion failed: (a formula is .*)", told)
        # Where the header itself has an error, the assertion follows from it.
        own = re.search(r"^(?!\S*tools/quick/)\S+\.h:\d+:\d+: error: ", told, re.MULTILINE)
        raise CompileError(asserted[1] if asserted and not own else told)
