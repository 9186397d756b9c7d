"""Every header compiles alone: an editor that opens one shows no error."""

import json
import re
import shlex
import shutil
import subprocess
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from development import BUILD, ROOT, needs_build

HEADERS = sorted(
    path
    for folder in ("ops", "csrc")
    for path in (ROOT / folder).rglob("*.h")
    if not {"absent", "include"} & set(path.parts)
)
FLAGS = {
    "avx2": "-mavx2 -mfma -mf16c",
    "avx512": "-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma",
}
# These are parts of a text: csrc/torch/activation.cpp.in includes them after what they need.
PARTS = {"activation.h", "expression_lane.h", "tensor_lane.h"}


def uses_torch(path: Path) -> bool:
    return "torch" in path.relative_to(ROOT).parts


def is_first_of_a_source(path: Path) -> bool:
    """Then the build has compiled it alone."""
    source = path.with_suffix(".cpp")
    first = (
        re.search(r'^#include [<"](.*)[>"]', source.read_text(), re.M) if source.exists() else None
    )
    return first is not None and first[1] == path.name


def errors(command: list[str], path: Path) -> str:
    text = f'#include "{path}"\n'
    done = subprocess.run([*command, "-"], input=text, capture_output=True, text=True, cwd=ROOT)
    found = re.search(r"^.*error.*$", done.stderr, re.MULTILINE)
    return f"{path.relative_to(ROOT)}: {found[0] if found else done.stderr}" * bool(done.returncode)


def all_errors(commands: list[tuple[list[str], Path]]) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        return [text for text in pool.map(lambda each: errors(*each), commands) if text]


def test_headers_without_torch_compile_alone():
    compiler = shutil.which("c++") or shutil.which("g++") or pytest.skip("needs a C++ compiler")
    command = [compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", "-I", str(ROOT)]
    headers = [path for path in HEADERS if not uses_torch(path)]
    assert len(headers) > 40
    commands = []
    for path in headers:
        flags = next((flags for name, flags in FLAGS.items() if path.stem.startswith(name)), "")
        commands.append(([*command, *flags.split()], path))
    assert not all_errors(commands)


@needs_build
def test_headers_of_the_torch_layer_compile_alone():
    """With the flags and the precompiled header of the layer, or they would take minutes."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    found = [e["command"] for e in entries if e["file"] == str(ROOT / "csrc/torch/check.cpp")]
    if not found:
        pytest.skip("this build has no torch layer of its own")
    command = [*shlex.split(found[0].split(" -o ")[0]), "-fsyntax-only", "-x", "c++"]
    command += ["-isystem", sysconfig.get_path("include")]  # for Python.h
    headers = [p for p in HEADERS if uses_torch(p) and p.name not in PARTS]
    assert len(headers) > 20
    assert not all_errors([(command, p) for p in headers if not is_first_of_a_source(p)])
