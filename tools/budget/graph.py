"""The flow of control through a kernel, or through a routine that it calls."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from budget.sass import Instruction

Block = tuple[Instruction, ...]
END = -1  # stands for every exit
_LAST = ("BRA", "EXIT", "RET", "CALL")


class Program:
    """A kernel's basic blocks, by the address of their first instruction."""

    def __init__(self, code: list[Instruction]) -> None:
        leaders, after = {code[0].address}, {}
        for here, there in pairwise(code):
            after[here.address] = there.address
            if here.name in _LAST:
                leaders.add(there.address)
        for one in code:
            if one.name in ("BRX", "JMX", "JMP"):
                raise ValueError(f"cannot follow {one.opcode} at {one.address:#x}")
            if one.name in ("BRA", "CALL"):
                leaders.add(one.target)
        self.blocks: dict[int, Block] = {}
        for one in code:
            if one.address in leaders:
                start = one.address
                self.blocks[start] = ()
            self.blocks[start] += (one,)
        self.successors = {
            start: _successors(block[-1], after) for start, block in self.blocks.items()
        }
        self.entry = code[0].address

    def keep(self, taken: bool) -> None:
        """Leaves one of two ways: the branch that ends the first block is taken or not, and later
        ones under the same predicate, as long as nothing writes that, go accordingly."""
        first = self.blocks[self.entry][-1]
        predicate, wanted = _asked(first)
        if not predicate:
            raise ValueError(f"no choice at {first.address:#x}")
        value = taken == wanted
        known = self.blocks.keys() - self._behind_writers(predicate)
        for start in {self.entry, *known}:
            asked, wanted = _asked(self.blocks[start][-1])
            if asked == predicate:
                ends = self.successors[start]
                self.successors[start] = ends[:1] if value == wanted else ends[1:]

    def _behind_writers(self, predicate: str) -> set[int]:
        """The blocks but the first that write a predicate, and what can be reached from them."""
        waiting = [
            start
            for start, block in self.blocks.items()
            if start != self.entry and any(predicate in one.results for one in block)
        ]
        found = set(waiting)
        while waiting:
            for end in self.successors[waiting.pop()]:
                if end not in found:
                    found.add(end)
                    waiting.append(end)
        return found

    @cached_property
    def routines(self) -> dict[int, Flow]:
        """What is called, by address."""
        last = (block[-1] for block in self.blocks.values())
        return {call.target: Flow(self, call.target) for call in last if call.name == "CALL"}

    @cached_property
    def flow(self) -> Flow:
        return Flow(self, self.entry)


def _asked(last: Instruction) -> tuple[str, bool]:
    """The predicate that decides alone about a branch, and what it is where that is taken."""
    words = [word for word in (last.guard, *last.operands[:-1]) if word]
    if last.name != "BRA" or len(words) != 1 or len(last.conditions) != 1:
        return "", False
    return words[0].strip("!"), not words[0].startswith("!")


def _successors(last: Instruction, after: dict[int, int]) -> list[int]:
    following = [after[last.address]] if last.address in after else []
    if last.name == "BRA":
        return [last.target, *(following if last.conditional else [])]
    if last.name in ("EXIT", "RET"):
        return following if last.conditional else []
    return following


class Flow:
    """What can be reached from an entry without entering routines. Without `back` edges it ends."""

    def __init__(self, program: Program, entry: int, within: Iterable[int] | None = None) -> None:
        self.program, self.entry = program, entry
        among = program.blocks.keys() if within is None else set(within)
        self.next = {
            block: [end for end in program.successors[block] if end in among] for block in among
        }
        self.order = self._reverse_postorder()
        place = {block: i for i, block in enumerate(self.order)}
        self.back = [
            (block, end)
            for block in self.order
            for end in self.next[block]
            if place[end] <= place[block]
        ]
        self.loops = self._loops()
        for block in self.order:
            forward = [end for end in self.next[block] if (block, end) not in self.back]
            leaves = program.blocks[block][-1].name in ("EXIT", "RET") or not forward
            self.next[block] = [*forward, *([END] if leaves else [])]

    def _reverse_postorder(self) -> list[int]:
        order: list[int] = []
        seen = {self.entry}
        stack = [(self.entry, iter(self.next[self.entry]))]
        while stack:
            block, ends = stack[-1]
            end = next((end for end in ends if end not in seen), None)
            if end is None:
                order.append(block)
                stack.pop()
            else:
                seen.add(end)
                stack.append((end, iter(self.next[end])))
        return order[::-1]

    @cached_property
    def joins(self) -> dict[int, int]:
        """Where the ways from a block meet again."""
        backwards: dict[int, list[int]] = {block: [] for block in [END, *self.order]}
        for block in self.order:
            for end in self.next[block]:
                backwards[end].append(block)
        after = _dominators([END, *self.order[::-1]], backwards)
        # Of the blocks that every way passes, the nearest has all the others behind it.
        return {
            block: max(after[block] - {block}, key=lambda b: len(after[b])) for block in self.order
        }

    def _loops(self) -> dict[int, set[int]]:
        loops: dict[int, set[int]] = {}
        before: dict[int, list[int]] = {block: [] for block in self.order}
        for block in self.order:
            for end in self.next[block]:
                before[end].append(block)
        for tail, head in self.back:
            body = loops.setdefault(head, {head})
            stack = [tail]
            while stack:
                block = stack.pop()
                if block not in body:
                    body.add(block)
                    stack += before[block]
        return loops

    def between(self, block: int, join: int) -> set[int]:
        """What lies on the ways from a block to where they meet."""
        found: set[int] = set()
        stack = [end for end in self.next[block] if end != join]
        while stack:
            here = stack.pop()
            if here not in found and here != END:
                found.add(here)
                stack += [end for end in self.next[here] if end != join]
        return found


def _dominators(order: list[int], edges: dict[int, list[int]]) -> dict[int, set[int]]:
    before: dict[int, list[int]] = {block: [] for block in order}
    for block in order:
        for end in edges[block]:
            before[end].append(block)
    found = {block: set(order) for block in order}
    found[order[0]] = {order[0]}
    changed = True
    while changed:
        changed = False
        for block in order[1:]:
            new = set.intersection(*(found[b] for b in before[block])) | {block}
            changed |= new != found[block]
            found[block] = new
    return found
