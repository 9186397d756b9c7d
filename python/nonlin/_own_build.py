"""Compiles the header of an activation into a shared library, once, in a cache folder."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from nonlin import _C, _library

ENGINE = _library.directory / "include" / "nonlin" / "engine"
TORCH = Path(torch.__file__).parent
CALLER = "nonlin.load_activation"


@dataclass(frozen=True)
class Wanted:
    """An activation of this formula, and for what it is compiled."""

    header: Path
    formula: str
    name: str
    namespace: str
    cuda: tuple[str, ...]  # nvcc and its options for a device; empty: none


def place(wanted: Wanted) -> Path:
    """Where its library is, or will be: the folder is named after all that it depends on."""
    return cache() / f"{wanted.name}-{_key(wanted, find_compiler())}" / f"{wanted.name}.so"


def compile_once(wanted: Wanted, result: Path) -> None:
    """Makes that library unless it is there. Another process may do the same at the same time."""
    if result.exists():
        return
    folder = result.parent
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_suffix(".lock")):
            if not result.exists():
                made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{wanted.name}-"))
                try:
                    _compile(wanted, find_compiler(), made, made / result.name)
                    shutil.rmtree(folder, ignore_errors=True)  # one without a library
                    made.chmod(0o755)
                    made.rename(folder)
                finally:
                    shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise RuntimeError(
            f"{CALLER}: cannot write to {folder.parent} ({error.strerror}); NONLIN_CACHE names "
            "another folder"
        ) from error


def cache() -> Path:
    """$NONLIN_CACHE, or nonlin in the user's cache folder."""
    if given := os.environ.get("NONLIN_CACHE"):
        return Path(given).absolute()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "nonlin"


def find_compiler() -> list[str]:
    """$CXX, or the first of the usual ones that is there."""
    given = shlex.split(os.environ.get("CXX", ""))
    for words in [given] if given else [["c++"], ["g++"], ["clang++"]]:
        if path := shutil.which(words[0]):
            return [path, *words[1:]]
    raise RuntimeError(
        f"{CALLER}: no C++ compiler: "
        + (f"CXX names {given[0]}, which is not there" if given else "install g++ or clang++")
        + ", or set CXX to one that knows C++20"
    )


def find_nvcc() -> str | None:
    home = os.environ.get("CUDA_HOME") or os.environ.get("CUDA_PATH")
    places = [str(Path(home, "bin"))] if home else []
    return shutil.which("nvcc", path=os.pathsep.join([*places, os.environ.get("PATH", "")]))


def _flags() -> dict[str, list[str]]:
    """Those of nonlin's own kernels, by name."""
    lines = (_library.directory / "lib" / "compile-flags").read_text().splitlines()
    return {name: shlex.split(text) for name, _, text in (line.partition("=") for line in lines)}


def _key(wanted: Wanted, compiler: list[str]) -> str:
    """Depends on all that the result depends on: sources, versions and programs."""
    words = [*compiler, *wanted.cuda]
    found = [Path(path).resolve().stat() for path in map(shutil.which, words) if path]
    programs = (words, [(facts.st_size, facts.st_mtime_ns) for facts in found])
    names = (wanted.name, wanted.namespace, wanted.formula, str(_library.directory), str(TORCH))
    built = (_library.build_facts(), torch.__version__, _C.instruction_set(), _flags())
    digest = hashlib.sha256(repr((programs, names, built)).encode())
    for path in [*_included(wanted.header), *sorted(_engine())]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _engine() -> Iterator[Path]:
    """Its files. In a development build it is a link, into which rglob does not look."""
    for folder, _, names in os.walk(ENGINE / "csrc"):
        yield from (Path(folder, name) for name in names if name.endswith((".h", ".cuh", ".in")))


def _included(header: Path) -> list[Path]:
    """The header, and what it includes beside itself, directly or not."""
    found = [header]
    for path in found:  # which grows
        text = path.read_text(errors="replace")
        for name in re.findall(r'^\s*#\s*include\s*"(.+?)"', text, re.MULTILINE):
            other = (path.parent / name).resolve()
            if other.is_file() and other not in found:
                found.append(other)
    return found


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone among the processes that compile the same, where the file system knows locks."""
    with path.open("w") as file:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _compile(wanted: Wanted, compiler: list[str], folder: Path, result: Path) -> None:
    flags, instruction_set = _flags(), _C.instruction_set()
    values = {
        "OP": wanted.name,
        "TYPE": wanted.formula,
        "HEADER": str(wanted.header),
        "NAMESPACE": wanted.namespace,
        "NONLIN_VERSION": _library.version,
        "ISA": instruction_set,
    }

    def source(template: str, name: str) -> Path:
        text = (ENGINE / "csrc" / template).read_text()
        path = folder / name
        path.write_text(re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], text))
        return path

    engine = ["-isystem", str(ENGINE), "-isystem", str(ENGINE.parent.parent)]
    shared = ["-fPIC", "-fvisibility=hidden"]
    cpp = [*compiler, "-std=c++20", *shared, "-fvisibility-inlines-hidden", *engine, "-c"]
    kernels = [*flags["KERNEL_FLAGS"], *flags[f"FLAGS_{instruction_set}"]]
    jobs = [
        [*cpp, *kernels, str(source("unit.cpp.in", "unit.cpp"))],
        [*cpp, "-O1", "-isystem", str(TORCH / "include"), "-idirafter", str(ENGINE),
         str(source("torch/own_activation.cpp.in", "activation.cpp"))],
    ]  # fmt: skip
    if wanted.cuda:
        unit = str(source("unit.cu.in", "unit_cuda.cu"))
        host = ["-Xcompiler", ",".join(shared), "-cudart", "none", "-O3"]
        jobs.insert(0, [*wanted.cuda, *flags["CUDA_FLAGS"], *host, *engine, "-c", unit])
    for job in jobs:
        job += ["-o", str(Path(job[-1]).with_suffix(".o"))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(_run, jobs))
    if failed := [text for code, text in done if code]:
        raise RuntimeError(_explained(wanted, failed))

    libraries = [_library.directory / "lib" / _library.build_facts()["library"]]
    libraries += [TORCH / "lib" / name for name in ("libtorch_cpu.so", "libc10.so")]
    paths = [f"-Wl,-rpath,{path}" for path in dict.fromkeys(str(p.parent) for p in libraries)]
    objects = [job[-1] for job in jobs]
    # What a unit lacks is said here, and not when it is loaded; but cudart comes with libnonlin.
    strict = [] if wanted.cuda else ["-Wl,-z,defs"]
    link = [*compiler, "-shared", "-Wl,-z,nodelete", *strict, *paths, "-o", str(result), *objects]
    code, text = _run([*link, *map(str, libraries)])
    if code:
        raise RuntimeError(f"{CALLER}: {wanted.header.name} cannot be linked:\n{text}")
    for path in objects:
        Path(path).unlink()


def _run(command: list[str]) -> tuple[int, str]:
    english = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=english
    )
    return done.returncode, done.stdout


def _explained(wanted: Wanted, failed: list[str]) -> str:
    """The line of the header that is to blame, and what the compiler says next."""
    place = re.escape(str(wanted.header)) + r":\d+"
    for pattern in (rf"{place}.*error", r"error: static assertion", place, r"error", r""):
        for lines in map(str.splitlines, failed):
            for i, line in enumerate(lines):
                if re.search(pattern, line):
                    said = "\n".join(["", *lines[i + 1 : i + 25]])
                    return f"{CALLER}: {wanted.header.name} does not compile: {line.strip()}{said}"
    return f"{CALLER}: {wanted.header.name} does not compile, and the compiler says nothing"
