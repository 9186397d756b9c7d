"""Every function of csrc/math/ has a contract of four lines, and a C++ test that knows its name."""

import re
from pathlib import Path

from development import ROOT

HEADERS = sorted((ROOT / "csrc/math").glob("*.h"))
LANES = {"lane.h", "textbook.h", "dual.h"}  # types, and what stands for the lanes' own functions
PARTS = ["domain", "error", "ends", "own text"]


def functions(path: Path) -> list[tuple[str, str]]:
    """The name of every function at the outermost level of a header, and the comment above it."""
    found = []
    comment = text = ""
    for line in path.read_text().splitlines():
        if line.startswith("///"):
            comment += line + "\n"
        elif text or line.startswith(("template", "NONLIN_INLINE")):
            text += line
            if "{" in text or ";" in text:
                name = re.search(r"NONLIN_INLINE\b[^({]*?\b([a-z]\w*)\(", text.split("{")[0])
                found += [(name[1], comment)] if name else []
                comment = text = ""
        else:
            comment = ""
    return found


def contracts() -> dict[str, list[str]]:
    """The parts of each function's contract, by its name."""
    result: dict[str, list[str]] = {}
    for path in HEADERS:
        for name, comment in functions(path):
            parts = re.findall(r"^///   (domain|error|ends|own text) +\S", comment, re.MULTILINE)
            if parts:
                result[name] = parts
    return result


def test_contracts_have_their_four_lines():
    found = contracts()
    assert len(found) > 40
    assert {name: parts for name, parts in found.items() if parts != PARTS} == {}


def test_every_function_has_a_contract():
    """Its own or that of another text of the same name; operators are said of with their types."""
    known = contracts()
    for path in HEADERS:
        if path.name not in LANES:
            names = {name for name, comment in functions(path) if "For this file" not in comment}
            assert names <= {*known, *INTERNAL}, path


# Beside a function that says `For this file`; and texts of the lanes' own functions.
INTERNAL = {
    "exp_table_of",
    "reduce_argument",
    "exp_by_table",
    "rounded_minus_one",
    "normal_table_of",
    "normal_ratio",
    "sign_bit",
    "if_negative",
}


def test_every_function_is_tested():
    text = "".join(path.read_text() for path in (ROOT / "tests/cpp").glob("*.[ch]*"))
    assert {name for name in contracts() if not re.search(rf"\b{name}[(<]", text)} == set()
