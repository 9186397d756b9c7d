"""What one pass through the hot part of a kernel costs, and what it moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from budget.data import Divided
from budget.graph import END, Block, Flow, Program
from budget.sass import Instruction

Cost = Counter[str]
_GLOBAL = {"LDG": "load", "STG": "store", "LD": "load", "ST": "store"}


class Measured:
    """The `cost` of a kernel's hot part, whether that is a `loop`, and the slots `outside`."""

    def __init__(self, code: list[Instruction], taken: bool | None = None) -> None:
        self.program = Program(code)
        if taken is not None:
            self.program.keep(taken)
        self._routine_costs: dict[int, Cost] = {}
        loops = [self._cost(loop) for loop in self._loops()]
        whole = self._cost(self.program.flow)
        self.loop = bool(loops)
        self.cost = max(loops, key=_rank) if loops else whole
        self.outside = max(0, whole["issue"] - self.cost["issue"])

    def _loops(self) -> list[Flow]:
        """The innermost loops that load in the widest accesses, or else that store so."""
        whole = self.program.flow
        for kind in ("load", "store"):
            width = self._width(whole.order, kind)
            wide = [
                (head, body)
                for head, body in whole.loops.items()
                if 0 < width == self._width(body, kind)
            ]
            if wide:
                break
        return [
            Flow(self.program, head, body)
            for head, body in wide
            if not any(other < body for _, other in wide)
        ]

    def _width(self, blocks: Iterable[int], kind: str) -> int:
        code = (one for block in blocks for one in self.program.blocks[block])
        return max((one.width for one in code if _GLOBAL.get(one.name) == kind), default=0)

    @cached_property
    def _divided(self) -> set[int]:
        return Divided(self.program).blocks

    def _cost(self, flow: Flow) -> Cost:
        known: dict[tuple[int, int], Cost] = {}

        def walk(block: int, stop: int) -> Cost:
            key = block, stop
            if key not in known:
                total: Cost = Counter()
                while block not in (stop, END):
                    total += self._block(block)
                    last = self.program.blocks[block][-1]
                    total["calls"] += last.name == "CALL"
                    join = flow.joins[block]
                    if block in self._divided:
                        for inside in flow.between(block, join):
                            total += self._block(inside) + self._aside(inside)
                        total += self._aside(block)
                    elif len(ends := flow.next[block]) > 1:
                        ways = [self._aside(block, end) + walk(end, join) for end in ends]
                        hottest = max(ways, key=_rank)
                        total += hottest
                    block = join
                known[key] = total
            return known[key]

        return walk(flow.entry, END)

    def _block(self, start: int) -> Cost:
        block = self.program.blocks[start]
        cost: Cost = Counter()
        for one in block:
            cost["issue"] += one.name != "NOP"
            cost["accesses"] += one.name in _GLOBAL
            cost[one.unit] += one.slots
        cost["branches"] += start in self._divided
        departing = _departing(block)
        cost += _traffic([one for one in block if one.name in _GLOBAL and one not in departing])
        if block[-1].name == "CALL":
            cost += self._routine(block[-1].target)
        return cost

    def _aside(self, start: int, end: int | None = None) -> Cost:
        """What moves only if a block is left by this way, or by any."""
        found = _departing(block := self.program.blocks[start])
        if end is not None:
            taken = end not in self.program.successors[start][-1:]
            found = [one for one in found if (one.guard == block[-1].guard) == taken]
        return _traffic(found)

    def _routine(self, entry: int) -> Cost:
        if entry not in self._routine_costs:
            self._routine_costs[entry] = Counter()  # ends a recursion
            self._routine_costs[entry] = self._cost(self.program.routines[entry])
        return self._routine_costs[entry]


def _rank(cost: Cost) -> tuple[int, int, int, int]:
    """Of two ways through the code, the greater one counts."""
    return cost["load"] + cost["store"], -cost["accesses"], -cost["calls"], cost["issue"]


def _departing(block: Block) -> list[Instruction]:
    """The accesses under the guard of the branch that ends the block, or under its opposite."""
    predicate = block[-1].guard.strip("!") if block[-1].conditions else ""
    found: list[Instruction] = []
    for one in block if predicate else ():
        if predicate in one.results:
            found = []
        elif one.name in _GLOBAL and one.guard.strip("!") == predicate:
            found.append(one)
    return found


def _traffic(accesses: list[Instruction]) -> Cost:
    """What moves: of accesses under opposite guards, those that move more."""
    cost: Cost = Counter()
    for kind in ("load", "store"):
        sides: dict[str, list[int]] = {}
        for one in accesses:
            if _GLOBAL[one.name] == kind:
                sides.setdefault(one.guard, []).append(one.width)
        for guard in {guard.strip("!") for guard in sides}:
            widths = max(sides.get(guard, []), sides.get(f"!{guard}", []), key=sum)
            cost[kind] += sum(widths)
            cost[f"{kind}s"] += len(widths)
    return cost
