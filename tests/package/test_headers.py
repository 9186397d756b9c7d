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
PRELUDE = ROOT / "csrc" / "prelude.h"
FLAGS = {
    "avx2": "-mavx2 -mfma -mf16c",
    "avx512": "-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma",
}
END = "nothing is wrong with the header"
# These are parts of a text: csrc/torch/activation.cpp.in includes them after what they need.
PARTS = {"activation.h", "expression_lane.h", "tensor_lane.h"}


def uses_torch(path: Path) -> bool:
    return "torch" in path.relative_to(ROOT).parts


def reached(path: Path) -> set[Path]:
    """A header and those of the project that it includes, and those that they include."""
    found, left = set(), [path]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            names = re.findall(r'^ *#include "(.*)"', each.read_text(), re.MULTILINE)
            ways = [folder / name for name in names for folder in (each.parent, ROOT)]
            left += [way.resolve() for way in ways if way.exists()]
    return found


def errors(command: list[str], path: Path) -> str:
    """The first one. A last line that is wrong ends the compiler before it instantiates templates
    of the headers that were compiled before, which takes seconds.
    """
    text = f'#undef NONLIN_PRELUDE\n#include "{path}"\nstatic_assert(!sizeof(int), "{END}");\n'
    command = [*command, "-Wfatal-errors", "-fsyntax-only", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT)
    found = re.search(r"^.*error.*$", done.stderr, re.MULTILINE)
    return "" if found and END in found[0] else f"{path.relative_to(ROOT)}: {done.stderr}"


def all_errors(commands: list[tuple[list[str], Path]]) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        return [text for text in pool.map(lambda each: errors(*each), commands) if text]


def test_headers_without_torch_compile_alone(tmp_path: Path):
    """The standard library takes most of the time: prelude.h, for those that reach it, is compiled
    before. They do not find it included, as they ask for NONLIN_PRELUDE.
    """
    compiler = shutil.which("c++") or shutil.which("g++") or pytest.skip("needs a C++ compiler")
    command = [compiler, "-std=c++20", "-I", str(ROOT), "-x"]
    prelude = tmp_path / "prelude.h"
    prelude.write_text(f'#include "{PRELUDE}"\n')
    subprocess.run([*command, "c++-header", prelude, "-o", f"{prelude}.gch"], check=True)
    headers = [path for path in HEADERS if not uses_torch(path)]
    assert len(headers) > 40
    commands = []
    for path in headers:
        flags = next((flags for name, flags in FLAGS.items() if path.stem.startswith(name)), "")
        first = ["-include", prelude] if not flags and PRELUDE in reached(path) - {path} else []
        commands.append(([*command, "c++", *flags.split(), *first], path))
    assert not all_errors(commands)


@needs_build
def test_headers_of_the_torch_layer_compile_alone():
    """With the flags and the precompiled header of the layer, or they would take minutes."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    sources = "/nonlin_layer.dir/Unity/"
    compiled = next(entry["command"] for entry in entries if sources in entry["file"])
    command = [*shlex.split(compiled.split(" -o ")[0]), "-x", "c++"]
    command += ["-isystem", sysconfig.get_path("include")]  # for Python.h
    headers = [p for p in HEADERS if uses_torch(p) and p.name not in PARTS]
    assert len(headers) > 20
    assert not all_errors([(command, path) for path in headers])
