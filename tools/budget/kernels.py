"""What is known of a kernel by its name, and its figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from budget import objdump
from budget.machine import AIMS, CYCLES, share
from budget.measure import Measured
from budget.sass import parse

SIZES = {"half": 2, "bfloat16": 2, "float": 4, "double": 8, "uint16": 2, "uint32": 4, "uint64": 8}
# The tensors that a pass reads and writes. Other kernels move what they access.
TRAFFIC = {"double_backward": (3, 2), "backward": (2, 1), "value": (1, 1)}
GATED = {"double_backward": (5, 3), "backward": (3, 2), "value": (2, 1)}
# Kernels whose blocks go one of two ways, which the first branch chooses: words for the shorter way
# and for the longer one.
WAYS = {"gated_elements": ("vectors", "in_rows")}
_PASS = re.compile(r"\b(?:[a-z]+_)??(double_backward|backward|value)(?:_pass)?(?=[ <]|$)")
_INTEGERS = {"unsigned short": "uint16", "unsigned int": "uint32", "unsigned long": "uint64"}


@dataclass(frozen=True)
class Kernel:
    """The figures of one kernel; of `slots`, by unit, and `bytes` in one pass of its hot part."""

    name: str
    slots: dict[str, int]
    bytes: int
    elements: float  # 0 where the name tells no pass
    load: float  # the bytes of an access, on average
    store: float
    registers: int
    local: int
    loop: bool
    outside: int  # slots of a thread outside the loop
    code: int  # all instructions, on whatever way
    branches: int  # that depend on data

    def per_byte(self, unit: str) -> float:
        return self.slots[unit] / max(1, self.bytes)

    @property
    def gated(self) -> bool:
        """Kernels of float64 are only reported."""
        return _size(self.name) != 8

    def above(self) -> dict[str, float]:
        """The shares that exceed what is aimed at."""
        aims = AIMS.get(_size(self.name), {})
        shares = {unit: share(unit, self.per_byte(unit)) for unit in aims}
        return {unit: found for unit, found in shares.items() if found > aims[unit]}


def read(path: Path, architecture: str, match: str = "") -> dict[str, Kernel]:
    """The kernels of a file whose names contain an expression."""
    return figures(objdump.kernels(path, architecture), match)


def figures(machine_code: list[objdump.Raw], match: str = "") -> dict[str, Kernel]:
    """The same of kernels that were read before."""
    found: dict[str, Kernel] = {}
    for raw in machine_code:
        for one in _ways(readable(raw.name, raw.symbol), raw):
            if not re.search(match, one.name):
                continue
            if one.name in found:
                raise ValueError(f"two kernels are called {one.name}")
            found[one.name] = one
    return found


def _ways(name: str, raw: objdump.Raw) -> list[Kernel]:
    """A kernel, or each of its ways under a name of its own."""
    for word, names in WAYS.items():
        if word not in name.split():
            continue
        if _size(name) == 8:  # only reported, and not all have both ways
            break
        both = [kernel(name, raw.text, raw.registers, raw.local, way) for way in (True, False)]
        both.sort(key=lambda one: one.per_byte("issue"))
        return [
            replace(one, name=name.replace(word, of_way))
            for one, of_way in zip(both, names, strict=True)
        ]
    return [kernel(name, raw.text, raw.registers, raw.local)]


def kernel(name: str, text: str, registers: int, local: int, taken: bool | None = None) -> Kernel:
    """The figures of a kernel by its machine code; `taken`: whether its first branch is."""
    code = parse(text)
    measured = Measured(code, taken)
    cost = measured.cost
    reads, writes = _traffic(name)
    loaded = cost["load"]
    if writes and cost["store"]:
        loaded = min(loaded, cost["store"] * reads // writes)
    return Kernel(
        name=name,
        slots={unit: cost[unit] for unit in CYCLES},
        bytes=loaded + cost["store"],
        elements=cost["store"] / writes / _size(name) if writes and _size(name) else 0,
        load=cost["load"] / cost["loads"] if cost["loads"] else 0,
        store=cost["store"] / cost["stores"] if cost["stores"] else 0,
        registers=registers,
        local=local,
        loop=measured.loop,
        outside=measured.outside,
        code=len(code),
        branches=cost["branches"],
    )


def source(symbol: str) -> str:
    """The file that a kernel was compiled from, without its ending."""
    found = re.search(r"_GLOBAL__N__[0-9a-f]+_\d+_(\w+?)_cu_[0-9a-f]+", symbol)
    return found[1] if found else ""


def readable(demangled: str, symbol: str) -> str:
    """`mish dense value_pass half 8`: the unit, the kernel and its other arguments."""
    operator = source(symbol)
    formula = "".join(word.capitalize() for word in operator.split("_"))
    name = re.sub(r"\(anonymous namespace\)::|\bnonlin::|\bcuda::", "", demangled)
    depth = 0
    for place, letter in enumerate(name):
        depth += (letter == "<") - (letter == ">")
        if letter == "(" and depth == 0:
            name = name[:place]
            break
    for long, short in _INTEGERS.items():
        name = name.replace(long, short)
    name = name.removeprefix("void ").replace(", ", " ").replace(f"{formula}::", "")
    name = re.sub(r"^(\w+)<(.*)>$", r"\1 \2", name)
    words = [word for word in name.split() if word != formula]
    return " ".join([operator, *words] if operator else words)


def _traffic(name: str) -> tuple[int, int]:
    found = _PASS.search(name)
    if not found:
        return 0, 0
    return (GATED if found[0].startswith("gated_") else TRAFFIC)[found[1]]


def _size(name: str) -> int:
    sizes = [SIZES[word] for word in re.findall(r"\w+", name) if word in SIZES]
    return sizes[-1] if sizes else 0
