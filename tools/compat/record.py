"""A pytest plugin: runs the tests of features, and keeps what became of them.

python -m pytest -p compat.record --record FILE
"""

from __future__ import annotations

import json
import platform
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import nonlin
import pytest
import torch
from nonlin.testing import Activation

from compat.features import below_tests, feature_of

EVERY = "all at once"  # tests that are of no single operator
OUTCOMES = ("passed", "failed", "skipped")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", type=Path, required=True, help="the file that is written")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # of xdist: reports reach the process that started them
        config.pluginmanager.register(Record(config.getoption("--record")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, left_out = [], []
    for item in items:
        file = below_tests(item.path)
        title = feature_of(file) if file else None
        if title and (file.startswith("platform/") or item.get_closest_marker("smoke")):
            item.user_properties += [("feature", title), ("operators", operators(item))]
            kept.append(item)
        else:
            left_out.append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def operators(item: pytest.Item) -> list[str]:
    """Those of the rows that a test is parametrized by."""
    call = getattr(item, "callspec", None)
    rows = [getattr(value, "row", value) for value in (call.params.values() if call else ())]
    return sorted({row.operator for row in rows if isinstance(row, Activation)}) or [EVERY]


def why(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The first line of the error."""
    lines = report.longreprtext.strip().splitlines()
    errors = [line[1:].strip() for line in lines if line.startswith("E ")]
    return (errors or lines[-1:] or ["unknown"])[0][:200]


class Record:
    """Counts outcomes by feature and operator; a test fails where its set-up or its end does."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self.tests.setdefault(report.nodeid, {"outcome": "passed"})
        test |= dict(report.user_properties)
        if report.outcome != "passed" and test["outcome"] != "failed":
            test["outcome"] = report.outcome
        if report.failed:
            test["why"] = why(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read fails as a whole."""
        title = feature_of(below_tests(Path(report.nodeid)) or "")
        if report.failed and title:
            self.tests[report.nodeid] = {
                "outcome": "failed",
                "feature": title,
                "operators": [EVERY],
                "why": why(report),
            }

    def pytest_sessionfinish(self) -> None:
        counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for test in self.tests.values():
            for name in test["operators"]:
                counts[test["feature"]][name][test["outcome"]] += 1
        failures = {
            name: test.get("why", "")
            for name, test in self.tests.items()
            if test["outcome"] == "failed"
        }
        result = {
            "torch": torch.__version__,
            "nonlin": nonlin.__version__,
            "python": platform.python_version(),
            "date": date.today().isoformat(),
            "outcomes": Counter(test["outcome"] for test in self.tests.values()),
            "features": counts,
            "failures": failures,
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(
            json.dumps(result, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        )
