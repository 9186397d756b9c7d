"""Which branches depend on what memory held, so that the threads of a warp may part."""

from __future__ import annotations

from budget.graph import Block, Program

_READS = ("LD", "LDG", "LDS", "LDL", "ATOM", "ATOMG", "ATOMS")
Held = frozenset[str]  # the registers that hold data


class Divided:
    """The `blocks` whose last instruction depends on data. Launch parameters, the index of a
    thread and what follows from them are no data."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.blocks: set[int] = set()
        self._known: dict[tuple[int, Held], Held] = {}
        self._run(program.entry, frozenset())

    def _run(self, entry: int, begin: Held) -> Held:
        """The registers that hold data where a routine returns."""
        key = entry, begin
        if key in self._known:
            return self._known[key]
        self._known[key] = begin  # ends a recursion
        held, waiting = {entry: begin}, [entry]
        returned: Held = frozenset()
        while waiting:
            start = waiting.pop()
            block = self.program.blocks[start]
            after = _after(block, held[start])
            if block[-1].conditions & _after(block[:-1], held[start]):
                self.blocks.add(start)
            if block[-1].name == "CALL":
                after = self._run(block[-1].target, after)
            if block[-1].name == "RET":
                returned |= after
            for end in self.program.successors[start]:
                before = held.get(end)
                if before is None or not after <= before:
                    held[end] = after | (before or frozenset())
                    waiting.append(end)
        self._known[key] = returned
        return returned


def _after(block: Block, held: Held) -> Held:
    """The registers that hold data after a block, by those that do before it."""
    now = set(held)
    clean: dict[str, str] = {}  # written without data, under a guard that still says the same
    for one in block:
        read = {r for r in one.sources & now if not one.guard or clean.get(r) != one.guard}
        clean = {
            register: guard
            for register, guard in clean.items()
            if register not in one.results and guard.strip("!") not in one.results
        }
        if one.name in _READS or read:
            now |= one.results
        elif not one.guard:
            now -= one.results
        elif one.guard.strip("!") not in one.results:
            clean |= dict.fromkeys(one.results, one.guard)
    return frozenset(now)
