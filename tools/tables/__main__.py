"""Tables of all activations, from the rows of the catalogue: README.md and pages in docs/.

A table stands between two comments, of which the first names it.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nonlin
from nonlin.testing import catalogue, in_onnx
from nonlin.testing.activation import OPERATORS, Activation, line, origin, paper
from nonlin.testing.catalogue import WITHOUT_OPERATOR
from nonlin.testing.memory import all_kept
from nonlin.testing.pointwise import Pointwise
from nonlin.testing.special import POINTS, at, builtin_at, kinks, takes_integers
from nonlin.testing.table import markdown

ROOT = Path(__file__).parents[2]


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
    words: list[str] = []
    for parameter in parameters:
        if parameter.name not in ("inplace", "out"):
            if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
                words.append("*")
            given = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
            words.append(f"{parameter.name}{given}".replace("'", '"'))
    return f"{name}({', '.join(words)})"


def special_values() -> str:
    """Value and slope at special points, ours and, where they differ, PyTorch's."""
    heads = ["", *(f"{point:g}" for point in POINTS), "kinks", "int64"]
    return markdown(heads, (_special(row) for row in pointwise()))


def pointwise() -> list[Pointwise]:
    return [row for row in catalogue.values() if isinstance(row, Pointwise)]


def _special(row: Pointwise) -> list[str]:
    integers = "refused" if not takes_integers(row.function) else "taken"
    if row.in_pytorch and takes_integers(row.builtin):
        integers += " (taken)"
    beside = [f"{point:g}: {_both(row, point)}" for point in kinks(row)]
    values = [_both(row, point) for point in POINTS]
    return [f"`{row.name}`", *values, "; ".join(beside), integers]


def _both(row: Pointwise, point: float) -> str:
    ours = str(at(row.function, point))
    other = builtin_at(row, point) if row.in_pytorch else ours
    return ours if other == ours else f"{ours} ({other})"


def memory() -> str:
    """Bytes that autograd keeps for each element, in place too."""
    heads = ["", "nonlin", "in place", "PyTorch", "in place"]
    rows = ([f"`{row.name}`", *map(_bytes, all_kept(row))] for row in pointwise())
    return markdown(heads, rows)


def _bytes(count: float | None) -> str:
    return "-" if count is None else f"{count:g}"


OPSETS = (18, 20, 23)


def in_models() -> str:
    """Names of ONNX's operators, and where onnxruntime's results are near to ours."""
    near = f"relative error below {in_onnx.RELATIVE:g} in float32"
    heads = ["", "opset", "operators of ONNX", near, "other limits", "exact"]
    return markdown(heads, (line for row in catalogue.values() for line in _in_models(row)))


def _in_models(row: Activation) -> Iterator[list[str]]:
    """A line for all opsets between which nothing changes."""
    names = {opset: in_onnx.operators(row, opset) for opset in OPSETS}
    last = [opset for opset in OPSETS if names[opset] == names[OPSETS[-1]]]
    rest = [in_onnx.near(row), in_onnx.departures(row), str(len(in_onnx.operators(row, 20, True)))]
    yield [f"`{row.name}`", f"{last[0]} to {last[-1]}", ", ".join(names[last[0]]), *rest]
    if last[0] != OPSETS[0]:
        yield ["", f"{OPSETS[0]} to {last[0] - 1}", ", ".join(names[OPSETS[0]]), "", "", ""]


PAGES = {
    "README.md": {"activations": activations},
    "docs/deviations.md": {"special values": special_values, "memory": memory},
    "docs/onnx.md": {"in ONNX": in_models},
}


def written(page: str, name: str) -> str:
    """The page of that name with its tables as they have to be."""
    for title, table in PAGES[name].items():
        begin, end = f"<!-- table: {title} -->", "<!-- end -->"
        pattern = re.compile(f"{begin}\n.*?{end}", re.DOTALL)
        if not pattern.search(page):
            raise ValueError(f"{name} lacks the lines '{begin}' and '{end}'")
        text = f"{begin}\n{table()}\n{end}"
        page = pattern.sub(lambda _, text=text: text, page)
    return page


if __name__ == "__main__":
    for name in PAGES:
        file = ROOT / name
        file.write_text(written(file.read_text(), name))
    sys.stdout.write(f"written: {len(OPERATORS)} operators into {', '.join(PAGES)}\n")
