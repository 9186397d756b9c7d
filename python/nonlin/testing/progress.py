"""A progress bar on stderr: tqdm's on a terminal where it is installed, a plain one otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol


class Step(Protocol):
    """Says that one more step begins."""

    def __call__(self, text: str) -> None:
        """Name the step that begins."""


@contextmanager
def progress(total: int) -> Iterator[Step]:
    """Show how many of `total` steps are done.

    >>> with progress(2) as step:
    ...     step("first")
    ...     step("second")
    """
    bar = _bar(total)
    begun = False

    def step(text: str) -> None:
        nonlocal begun
        if begun:
            bar.update(1)
        begun = True
        bar.set_postfix_str(text)

    try:
        yield step
        bar.update(1)
    finally:
        bar.close()


def _bar(total: int) -> Any:
    if sys.stderr.isatty():
        try:
            layout = "{l_bar}{bar:30}| {n_fmt}/{total_fmt}{postfix}"
            return import_module("tqdm").tqdm(total=total, leave=False, bar_format=layout)
        except ModuleNotFoundError:
            pass
    return _Plain(total)


class _Plain:
    def __init__(self, total: int) -> None:
        self.total, self.done, self.text = total, 0, ""

    def update(self, steps: int) -> None:
        self.done += steps

    def set_postfix_str(self, text: str) -> None:
        bar = "#" * (30 * self.done // self.total)
        start, end = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
        print(f"{start}[{bar:30}] {self.done}/{self.total} {text}", end=end, file=sys.stderr)
        sys.stderr.flush()

    def close(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
