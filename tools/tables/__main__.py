"""Tables of all activations, from the rows of the catalogue: writes them into README.md.

A table stands between two comments, of which the first names it.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nonlin
from nonlin.testing import catalogue
from nonlin.testing.activation import OPERATORS, Activation, line, origin, paper
from nonlin.testing.catalogue import WITHOUT_OPERATOR
from nonlin.testing.table import markdown

README = Path(__file__).parents[2] / "README.md"


def functions() -> dict[str, list[Activation]]:
    """Public functions, each with its rows; those that no row has have none."""
    found: dict[str, list[Activation]] = {}
    for row in catalogue.values():
        found.setdefault(origin(row.function).__name__, []).append(row)
        for name, (operator, _) in WITHOUT_OPERATOR.items():
            if operator == row.operator:
                found.setdefault(name, [])
    return found


def activations() -> str:
    """What there is: call, formula, paper, operators."""
    return markdown(["", "computes", "published", "operator"], _activations())


def _activations() -> Iterator[list[str]]:
    for name, rows in functions().items():
        function = getattr(nonlin, name)
        if name in WITHOUT_OPERATOR:
            operators = "`{}` {}".format(*WITHOUT_OPERATOR[name])
        else:
            operators = ", ".join(f"`{row.operator}`" for row in rows)
        formula = line(function).split(", with ")[0].rstrip(".")
        yield [f"`{_call(name)}`", formula.replace("|", "\\|"), paper(function), operators]


def _call(name: str) -> str:
    """Without what all take: `inplace` and `out`."""
    parameters = inspect.signature(getattr(nonlin, name)).parameters.values()
    words = []
    for parameter in parameters:
        if parameter.name not in ("inplace", "out"):
            given = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
            words.append(f"{parameter.name}{given}".replace("'", '"'))
    return f"{name}({', '.join(words)})"


TABLES = {"activations": activations}


def written(page: str) -> str:
    """The page with its tables as they have to be."""
    for name, table in TABLES.items():
        begin, end = f"<!-- table: {name} -->", "<!-- end -->"
        pattern = re.compile(f"{begin}\n.*?{end}", re.DOTALL)
        if not pattern.search(page):
            raise ValueError(f"{README.name} lacks the lines '{begin}' and '{end}'")
        text = f"{begin}\n{table()}\n{end}"
        page = pattern.sub(lambda _, text=text: text, page)
    return page


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
    sys.stdout.write(f"written: {len(OPERATORS)} operators into {README}\n")
