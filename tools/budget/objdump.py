"""Machine code out of libraries, objects and cubins."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class ToolError(RuntimeError):
    """What is missing, or could not be read."""


@dataclass(frozen=True)
class Raw:
    """A kernel as it was found."""

    symbol: str
    name: str  # demangled
    text: str
    registers: int
    local: int  # bytes of a thread's own memory: spilled registers, and arrays


def cuobjdump() -> str:
    """$CUOBJDUMP, or that of PATH, of the toolkit, of pip's package or of Triton."""
    if chosen := os.environ.get("CUOBJDUMP"):
        return chosen
    folders = [Path(os.environ.get("CUDA_HOME", "/usr/local/cuda"), "bin")]
    for place in map(Path, sys.path):
        folders += sorted(place.glob("nvidia/*/bin"), reverse=True)
    triton = importlib.util.find_spec("triton")
    if triton and triton.origin:
        folders.append(Path(triton.origin).parent / "backends" / "nvidia" / "bin")
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    if found := shutil.which("cuobjdump", path=path):
        return found
    raise ToolError(
        "no cuobjdump: set CUOBJDUMP, install the CUDA toolkit's, "
        "or run pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm"
    )


def architectures(path: Path) -> list[str]:
    """Those that a file has machine code for."""
    return sorted(set(re.findall(r"\.(sm_\w+)\.cubin", _run(cuobjdump(), "-lelf", str(path)))))


def compiler(path: Path) -> str:
    """The release of CUDA whose compiler wrote a file's machine code."""
    found = set(re.findall(rb"Cuda compilation tools, release ([\d.]+),", path.read_bytes()))
    return " ".join(sorted(release.decode() for release in found)) or "unknown"


def kernels(path: Path, architecture: str) -> list[Raw]:
    """All kernels of a file for one architecture."""
    tool = cuobjdump()
    usage = re.findall(
        r"^ *Function (\S+?):\n *REG:(\d+) STACK:(\d+) .*?LOCAL:(\d+)",
        _run(tool, "-res-usage", "-arch", architecture, str(path)),
        re.MULTILINE,
    )
    used = {symbol: (int(regs), int(stack) + int(local)) for symbol, regs, stack, local in usage}
    texts = dict(_functions(tool, "-sass", "-arch", architecture, str(path)))
    names = _demangled(list(texts))
    return [
        Raw(symbol, name, text, *used[symbol])
        for (symbol, text), name in zip(texts.items(), names, strict=True)
    ]


def _functions(*command: str) -> Iterator[tuple[str, str]]:
    """Symbols and their lines with instructions: the rest, most of it, is dropped on the way."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        symbol, lines = "", list[str]()
        for line in process.stdout or ():
            if "Function : " in line:
                if symbol:
                    yield symbol, "".join(lines)
                symbol, lines = line.split()[-1], []
            elif "*/  " in line and line.lstrip().startswith("/*"):
                lines.append(line)
        if symbol:
            yield symbol, "".join(lines)
    if process.returncode:
        raise ToolError(f"{' '.join(command)} ended with status {process.returncode}")


def _demangled(symbols: list[str]) -> list[str]:
    tool = shutil.which("cu++filt") or shutil.which("c++filt")
    if not tool:
        raise ToolError("no c++filt, which comes with the C++ compiler's binutils")
    return _run(tool, standard_input="\n".join(symbols)).splitlines()


def _run(*command: str, standard_input: str | None = None) -> str:
    done = subprocess.run(command, input=standard_input, capture_output=True, text=True)
    if done.returncode:
        raise ToolError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
