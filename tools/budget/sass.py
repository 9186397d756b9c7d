"""Instructions, as a disassembler prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

_LINE = re.compile(r"^\s*/\*([0-9a-f]{4,})\*/\s+(?:@(!?U?P[T\d]) )?\s*([A-Z][\w.]*)\s*(.*?)\s*;")
_REGISTER = re.compile(r"\b(U?[RP])(\d+)\b")
_UNITS = {
    "fma": re.compile(r"F(FMA|MUL|ADD)(2|32I)?|H(FMA|MUL|ADD)2|IMAD|IDP|IMUL"),
    "xu": re.compile(r"MUFU|F2F|F2I|I2F|FRND|POPC|FLO|FCHK|BREV"),
    "fp64": re.compile(r"D(FMA|ADD|MUL|SETP|MNMX)"),
    "memory": re.compile(r"(LD|ST|ATOM|RED)[A-Z]*|SHFL|CCTL|MEMBAR|ERRBAR"),
    "control": re.compile(
        r"BRA|BRX|JMP|EXIT|RET|CALL|BSSY|BSYNC|BREAK|BAR|NOP|WARPSYNC|DEPBAR|YIELD|BMOV|BPT"
    ),
    "uniform": re.compile(r"U[A-Z0-9]+|R2UR|S2UR|S2R|CS2R|VOTEU"),
}
_PREDICATES = frozenset(f"P{i}" for i in range(7))
_PREDICATE = r"U?P[TR\d]"
_NO_RESULT = re.compile(r"ST[A-Z]*|REDG?|CCTL|MEMBAR|ERRBAR")


@dataclass(frozen=True)
class Instruction:
    """One slot: `@P0 LDG.E.128 R4, desc[UR4][R2.64]`."""

    address: int
    guard: str  # "P0", "!P0", or empty
    opcode: str
    operands: tuple[str, ...]

    @cached_property
    def name(self) -> str:
        return self.opcode.split(".")[0]

    @cached_property
    def unit(self) -> str:
        """The execution unit: an assumption where the vendor's tables are silent."""
        return _unit(self.name)

    @cached_property
    def slots(self) -> int:
        """Of its unit: a packed pair of floats takes two."""
        return 2 if re.fullmatch(r"F(FMA|MUL|ADD)2", self.name) else 1

    @cached_property
    def width(self) -> int:
        """The bytes of an access to memory."""
        kind = re.search(r"\.(?:U|S|ENL)?(8|16|64|128|256)(?:\.|$)", self.opcode)
        return int(kind[1]) // 8 if kind else 4

    @property
    def target(self) -> int:
        found = re.search(r"\b0x([0-9a-f]+)$", self.operands[-1]) if self.operands else None
        if not found:
            raise ValueError(f"no target in {self.opcode} {', '.join(self.operands)}")
        return int(found[1], 16)

    @property
    def conditional(self) -> bool:
        """Whether a branch, or an end, may be passed."""
        further = len(self.operands) > 1 and "PT" not in self.operands[0]
        return bool(self.guard) or further or ".DIV" in self.opcode

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The predicates that decide where it leads."""
        if self.name not in ("BRA", "EXIT", "RET"):
            return frozenset()
        return frozenset(r for r in _registers(self.guard, *self.operands) if "P" in r)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The registers that it reads."""
        return _registers(self.guard, *self.operands[self._leading :])

    @cached_property
    def results(self) -> frozenset[str]:
        """The registers that it writes."""
        found = set(_registers(*self.operands[: self._leading]))
        if match := _REGISTER.fullmatch("".join(self.operands[:1]).removesuffix(".reuse")):
            kind, first = match[1], int(match[2])
            found |= {f"{kind}{first + i}" for i in range(self._size) if "R" in kind}
        if self.name == "R2P" and (mask := re.fullmatch(r"0x[0-9a-f]+", self.operands[-1])):
            found = {f"P{i}" for i in range(7) if int(mask[0], 16) >> i & 1}
        return frozenset(found)

    @cached_property
    def _leading(self) -> int:
        """How many operands are results: the first one, what follows a predicate, and predicates
        behind a register."""
        if not self.operands or self.unit == "control" or _NO_RESULT.fullmatch(self.name):
            return 0
        if re.fullmatch(_PREDICATE, self.operands[0]):
            return 1 if self.name in ("FCHK", "R2P") else 2
        others = (
            i for i, word in enumerate(self.operands) if i and not re.fullmatch(_PREDICATE, word)
        )
        return next(others, len(self.operands))

    @property
    def _size(self) -> int:
        """How many registers its result takes."""
        kinds = self.opcode.split(".")[1:]
        if self.unit == "memory" or self.name in ("LDC", "ULDC", "LDCU"):
            return max(1, self.width // 4)
        pair = self.unit == "fp64" or "WIDE" in kinds or kinds[:1] == ["F64"] or self.slots == 2
        pair |= self.name == "CS2R" and "32" not in kinds
        return 2 if pair or ("64" in kinds and self.name != "SHF") else 1


@cache
def _unit(name: str) -> str:
    return next((unit for unit, names in _UNITS.items() if names.fullmatch(name)), "alu")


@cache
def _registers(*operands: str) -> frozenset[str]:
    found = {kind + number for text in operands for kind, number in _REGISTER.findall(text)}
    return frozenset(found | _PREDICATES if "PR" in operands else found)


def parse(text: str) -> list[Instruction]:
    """The instructions of one kernel, without the padding behind them."""
    found = []
    for line in text.splitlines():
        if match := _LINE.match(line):
            address, guard, opcode, operands = match.groups()
            words = tuple(operand.strip() for operand in operands.split(",") if operand.strip())
            found.append(Instruction(int(address, 16), guard or "", opcode, words))
    while found and (found[-1].name == "NOP" or _traps(found[-1])):
        found.pop()
    return found


def _traps(last: Instruction) -> bool:
    return last.name == "BRA" and not last.guard and last.target == last.address
