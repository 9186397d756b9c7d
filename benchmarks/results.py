"""What runs found, as a file: a line for each contestant of each case."""

from __future__ import annotations

import csv
import datetime
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import nonlin
import torch
from nonlin import compare

from benchmarks.case import Case
from benchmarks.clock import Spread


class Setting(NamedTuple):
    """Where and when."""

    processor: str
    date: str
    nonlin: str
    torch: str


class Result(NamedTuple):
    """Times of each contestant; each reads and writes as many bytes."""

    times: dict[str, Spread]
    bytes: int
    setting: Setting

    def ratio(self, contestant: str = "torch", to: str = "ours") -> float | None:
        """How many times as long it takes; None if one of them is missing."""
        if contestant not in self.times or to not in self.times:
            return None
        return self.times[contestant].median / self.times[to].median

    def speed(self) -> float:
        """Bytes per second of ours."""
        return self.bytes / self.times["ours"].median


Results = Mapping[Case, Result]
FIELDS = (*Case._fields, "contestant", "median", "low", "high", "turns", "bytes", *Setting._fields)


def setting() -> Setting:
    """Of this run."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return Setting(processor(), today, nonlin.__version__, torch.__version__)


def processor() -> str:
    """Its name, and what tells processors of one name apart.

    Servers of several generations call themselves AMD EPYC: family and model do not.
    """
    file = Path("/proc/cpuinfo")
    text = file.read_text() if file.exists() else ""
    facts = [re.search(rf"^{key}\s*: (\d+)$", text, re.M) for key in ("cpu family", "model")]
    family, model = (int(fact[1]) if fact else None for fact in facts)
    zen = _zen(family, model) if "AuthenticAMD" in text else ""
    count = f"{os.cpu_count()} processors"
    words = [compare.processor(), zen, f"family {family} model {model}" if family else "", count]
    return ", ".join(word for word in words if word)


def _zen(family: int | None, model: int | None) -> str:
    if family == 25 and model is not None:
        fourth = 0x10 <= model < 0x20 or 0x60 <= model < 0x80 or 0xA0 <= model < 0xB0
        return "Zen 4" if fourth else "Zen 3"
    return {23: "Zen", 26: "Zen 5"}.get(family or 0, "")


def stem(processor: str) -> str:
    """The name of the files for it."""
    return re.sub(r"[^a-z0-9]+", "-", processor.lower()).strip("-")


def load(path: Path) -> dict[Case, Result]:
    """All that was ever found and exists today; none without the file."""
    found: dict[Case, Result] = {}
    if not path.exists():
        return found
    with path.open(newline="") as file:
        for line in csv.DictReader(file):
            numbers = {key: int(line[key]) for key in ("threads", "elements")}
            case = Case(**{key: line[key] for key in Case._fields} | numbers)
            if not case.known():
                continue
            where = Setting(**{key: line[key] for key in Setting._fields})
            result = found.setdefault(case, Result({}, int(line["bytes"]), where))
            micro = [float(line[key]) for key in ("median", "low", "high")]
            times = Spread(*(number / 1e6 for number in micro), int(line["turns"]))
            result.times[line["contestant"]] = times
    return found


def merge(before: Results, found: Results) -> dict[Case, Result]:
    """Both, in order; what was found again, with whatever number of elements, is new."""
    again = {case._replace(elements=0) for case in found}
    kept = {c: r for c, r in before.items() if c._replace(elements=0) not in again}
    return dict(sorted((kept | found).items(), key=lambda item: item[0].order()))


def save(path: Path, results: Results) -> None:
    """Write the file; times are in microseconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with new.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(FIELDS)
        for case, result in results.items():
            for contestant, times in result.times.items():
                micro = [f"{seconds * 1e6:.5g}" for seconds in times[:3]]
                write((*case, contestant, *micro, times.turns, result.bytes, *result.setting))
    new.replace(path)
