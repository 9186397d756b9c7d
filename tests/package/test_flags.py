"""Flags under which compensated arithmetic would silently lose its digits are off, and refused.

tests/cpp/flags.cpp shows what the flags of the units leave of arithmetic: all of it.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nonlin
import pytest
from development import BUILD, ROOT, needs_build, run

INSTRUCTION_SETS = nonlin._C.build_info()["instruction_sets"]
REFUSED = (
    "-ffast-math",
    "-Ofast",
    "-funsafe-math-optimizations",
    "-fassociative-math -fno-signed-zeros -fno-trapping-math",
    "-freciprocal-math",
    "-ffinite-math-only",
    "-fno-signed-zeros",
)
HARMFUL = re.compile(
    r"-Ofast|-ffast-math|-funsafe-math-optimizations|-fassociative-math|-freciprocal-math"
    r"|-ffinite-math-only|-fno-signed-zeros|-fno-honor-\w+|-fsingle-precision-constant"
    r"|-ffp-contract=(?!off).*|-mrecip.*|-mfpmath=(?!sse).*|-mdaz-ftz"
    r"|-?-use_fast_math|-?-ftz=true|-?-prec-(div|sqrt)=false"
)


def commands() -> dict[str, list[str]]:
    """How each source was compiled, by its path within the build or the checkout."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    return {entry["file"]: shlex.split(entry["command"]) for entry in entries}


def unit_commands(folder: str) -> dict[str, list[str]]:
    found = {path: c for path, c in commands().items() if f"/units/{folder}/" in path}
    assert found, f"no unit of {folder} was compiled"
    return found


def code_generation(command: list[str]) -> set[str]:
    """The options that decide what arithmetic becomes."""
    return {word for word in command if re.match(r"-(O|m|f(?!PI[CE]|visibility))", word)}


@needs_build
def test_nothing_is_compiled_with_harmful_flags():
    for path, command in commands().items():
        assert not [word for word in command if HARMFUL.fullmatch(word)], path


@needs_build
@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
def test_units_are_never_contracted(instruction_set: str):
    for path, command in unit_commands(instruction_set).items():
        assert "-ffp-contract=off" in command, path


@needs_build
@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
def test_flags_are_proved_with_those_of_the_units(instruction_set: str):
    """tests/cpp/flags.cpp runs arithmetic that was compiled as the units were."""
    source = str(ROOT / f"tests/cpp/{instruction_set}_operations.cpp")
    if source not in commands():
        pytest.skip("this build has no C++ tests")
    proved = code_generation(commands()[source])
    for path, command in unit_commands(instruction_set).items():
        assert code_generation(command) == proved, path


def compiler() -> str:
    names = nonlin._C.build_info()["compiler"].split()
    wanted = ["clang++"] if "Clang" in names[0] else ["g++"]
    found = [path for path in map(shutil.which, [*wanted, "c++"]) if path]
    return found[0] if found else pytest.skip("needs a C++ compiler")


@pytest.mark.parametrize("flags", ["", *REFUSED])
def test_harmful_flags_are_refused(flags: str):
    """In a sentence, when a user's CXXFLAGS have them."""
    if "Clang" in nonlin._C.build_info()["compiler"] and "fast" not in flags.lower():
        pytest.skip("Clang says nothing of this flag to the preprocessor")
    command = [compiler(), "-std=c++20", "-O2", *flags.split(), "-fsyntax-only", "-x", "c++"]
    done = subprocess.run([*command, str(ROOT / "csrc/prelude.h")], capture_output=True, text=True)
    sentence = "nonlin needs IEEE arithmetic: build without -ffast-math, -Ofast and the flags"
    assert (sentence in done.stderr, done.returncode != 0) == (bool(flags),) * 2, done.stderr


def test_the_library_does_not_flush_subnormals():
    """A library that is linked with -ffast-math does so when it is loaded, in the whole process."""
    code = "import numpy, nonlin; print(*numpy.float32([1e-40]) / 2, *numpy.array([1e-310]) / 2)"
    small, smaller = map(float, run(sys.executable, "-W", "ignore", "-c", code).split())
    assert small > 0 and smaller > 0


KERNEL = """
#include "csrc/prelude.h"
//
#include "csrc/descriptor.h"
namespace nonlin {{
#include "csrc/simd/gpu.h"
#include "csrc/math/double_word.h"
__global__ void f({type}* p) {{
  const {lane} a = {lane}::load(p), b = {lane}::load(p + 1), c = {lane}::load(p + 2);
  (a * b - c).store(p + 3);
  (a * b + c).store(p + 4);
  (c - a * b).store(p + 5);
}}
}}
"""


@pytest.mark.parametrize(("type", "lane"), [("float", "gpu_lane<24>"), ("double", "double_lane")])
def test_cuda_contracts_nothing(type: str, lane: str, tmp_path: Path):
    """nvcc fuses products and sums unless told otherwise; the lanes' say how they round."""
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if not nvcc:
        pytest.skip("needs nvcc")
    (tmp_path / "f.cu").write_text(KERNEL.format(type=type, lane=lane))
    options = ["-std=c++20", "--expt-relaxed-constexpr", "--diag-suppress=1675,114", "-arch=sm_80"]
    run(nvcc, "--ptx", *options, "-I", ROOT, tmp_path / "f.cu", "-o", tmp_path / "f.ptx")
    suffix = {"float": "f32", "double": "f64"}[type]
    found = re.findall(
        rf"^\s*((?:fma|mul|add|sub)\S*\.{suffix})\b", (tmp_path / "f.ptx").read_text(), re.M
    )
    assert sorted(found) == sorted(f"{name}.rn.{suffix}" for name in ["mul", "add", "sub", "sub"])
