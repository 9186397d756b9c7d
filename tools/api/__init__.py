"""Writes the C++ API of activations whose Python functions and modules exist.

    python tools/api [FOLDER]      into this checkout, or a folder laid out like it

Functions follow from the schemas of operators and from docstrings, modules from the constructors of
`nonlin.nn`, the lists of their C++ tests from both. A file of headers is named after the file of
Python that has the function or module, those of other operators after their families. What follows
no rule stands in special*.h beside them, written by hand; a module that is declared there is not
written. What has no rule and is not there is an error, in a sentence that says what to do.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADERS = Path("csrc/include/nonlin")
TESTS = Path("tests/cpp/torch")
MARK = "// Written by tools/api.\n// clang-format off\n"
WIDTH = 100


class Missing(Exception):
    """What has to be written by hand, and where."""


def written_by_hand(folder: str) -> str:
    return "\n".join(file.read_text() for file in files_by_hand(folder))


def files_by_hand(folder: str) -> list[Path]:
    return sorted((ROOT / HEADERS / folder).glob("special*.h"))


def comment(text: str) -> str:
    lines = textwrap.wrap(text, WIDTH - 4, break_on_hyphens=False)
    return "".join(f"/// {line}\n" for line in lines)


def header(title: str, includes: list[str], namespace: str, text: str) -> str:
    lines = "".join(f"#include {name}\n" for name in includes)
    return (
        f"#pragma once\n{MARK}{comment(title)}{lines}\n"
        f"namespace {namespace} {{\n\n{text}}}  // namespace {namespace}\n"
    )


def literal(value: object) -> str:
    """A default: 1 for 1.0, as C++ and its readers like it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
