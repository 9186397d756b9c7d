"""Which branches depend on what memory held, so that the threads of a warp may part."""

from __future__ import annotations

from collections.abc import Iterator

from budget.graph import Block, Program

_READS = ("LD", "LDG", "LDS", "LDL", "ATOM", "ATOMG", "ATOMS")
Held = frozenset[str]  # the registers that hold data
Facts = frozenset[tuple[str, bool]]  # predicates that a branch has told, and that still hold


class Divided:
    """The `blocks` whose last instruction depends on data. Launch parameters, the index of a
    thread and what follows from them are no data. A predicate that is asked twice answers twice
    the same: ways on which it does not are no ways."""

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
        first: tuple[int, Facts] = entry, frozenset()
        held, waiting = {first: begin}, [first]
        returned: Held = frozenset()
        while waiting:
            start, told = here = waiting.pop()
            block = self.program.blocks[start]
            after = _after(block, held[here])
            if block[-1].conditions & _after(block[:-1], held[here]):
                self.blocks.add(start)
            if block[-1].name == "CALL":
                after = self._run(block[-1].target, after)
            if block[-1].name == "RET":
                returned |= after
            for there in self._ways(start, told):
                before = held.get(there)
                if before is None or not after <= before:
                    held[there] = after | (before or frozenset())
                    waiting.append(there)
        self._known[key] = returned
        return returned

    def _ways(self, start: int, told: Facts) -> Iterator[tuple[int, Facts]]:
        """Where a block leads to, and what is known there."""
        block = self.program.blocks[start]
        last, ends = block[-1], self.program.successors[start]
        written = {result for one in block for result in one.results}
        facts = {name: value for name, value in told if name not in written}
        if last.name == "CALL":
            facts = {}  # the routine may write them
        name, wanted = last.guard.strip("!"), not last.guard.startswith("!")
        alone = last.name in ("BRA", "EXIT") and last.conditions == {name}
        for end in ends:
            if not alone:
                yield end, frozenset(facts.items())
                continue
            value = wanted == (last.name == "BRA" and end == ends[0])
            if facts.get(name, value) == value:
                yield end, frozenset((facts | {name: value}).items())


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
