"""Results as a file: a line for each contestant of each case."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints


class Result(NamedTuple):
    """Times of each contestant; each reads and writes as many bytes.

    Times are a tuple that begins with median, low and high, in seconds.
    """

    times: dict[str, Any]
    bytes: int
    setting: Any

    def ratio(self, contestant: str = "torch", to: str = "ours") -> float | None:
        """How many times as long it takes; None if one of them is missing."""
        if contestant not in self.times or to not in self.times:
            return None
        return self.times[contestant].median / self.times[to].median

    def speed(self, contestant: str = "ours") -> float:
        """Bytes per second."""
        return self.bytes / self.times[contestant].median


class Store(NamedTuple):
    """The classes of which a line is made, all of them named tuples."""

    case: Any
    times: Any
    setting: Any

    def load(self, path: Path) -> dict[Any, Result]:
        """All that was ever found and exists today; none without the file."""
        found: dict[Any, Result] = {}
        if not path.exists():
            return found
        with path.open(newline="") as file:
            for line in csv.DictReader(file):
                case = _read(self.case, line)
                if not case.known():
                    continue
                where = _read(self.setting, line)
                result = found.setdefault(case, Result({}, int(line["bytes"]), where))
                times = _read(self.times, line)
                seconds = (micro / 1e6 for micro in times[:3])
                result.times[line["contestant"]] = self.times(*seconds, *times[3:])
        return found

    def save(self, path: Path, results: Mapping[Any, Result]) -> None:
        """Write the file; times are in microseconds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        with new.open("w", newline="") as file:
            write = csv.writer(file, lineterminator="\n").writerow
            own = self.case._fields, self.times._fields, self.setting._fields
            write((*own[0], "contestant", *own[1], "bytes", *own[2]))
            for case, (found, size, setting) in results.items():
                for contestant, times in found.items():
                    micro = [f"{seconds * 1e6:.5g}" for seconds in times[:3]]
                    write((*case, contestant, *micro, *times[3:], size, *setting))
        new.replace(path)


_types = functools.cache(get_type_hints)  # which evaluates text, of each line anew


def _read(kind: Any, line: dict[str, str]) -> Any:
    types = _types(kind)
    return kind(**{name: types[name](line[name]) for name in kind._fields})
