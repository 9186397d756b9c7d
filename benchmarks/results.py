"""What runs found, and where."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import nonlin
import torch
from nonlin.testing import compare
from nonlin.testing.clock import Spread

from benchmarks.case import Case
from benchmarks.store import Result, Store


class Setting(NamedTuple):
    """Where and when."""

    processor: str
    date: str
    nonlin: str
    torch: str


Results = Mapping[Case, Result]
STORE = Store(Case, Spread, Setting)
load, save = STORE.load, STORE.save


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


def merge(before: Results, found: Results) -> dict[Case, Result]:
    """Both, in order; what was found again, with whatever number of elements, is new."""
    again = {case._replace(elements=0) for case in found}
    kept = {c: r for c, r in before.items() if c._replace(elements=0) not in again}
    return dict(sorted((kept | found).items(), key=lambda item: item[0].order()))
