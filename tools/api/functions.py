"""csrc/include/nonlin/functions/: every operator as functions of C++, in all of its forms."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator

import nonlin
import torch

from api import HEADERS, ROOT, WIDTH, Missing, comment, header, literal, written_by_hand

TITLES = {
    "pointwise": "Activations that act on every element alone.",
    "parametric": "Activations with a parameter that is learned: a tensor of the type of `self`, "
    "with one value or with one for each entry of the dimension `dim`.",
    "gated": "Activations of two tensors of one shape, a gate `self` and what it lets `up`. Those "
    "of one tensor, f_packed, find both along `dim`: gates first where `layout` is 0, last where "
    "it is 1; where it is 2 they alternate, a gate in the first place. As the result has half as "
    "many entries there, they have no in-place form.",
    "groupwise": "Activations that choose one entry out of every group. They change the shape, so "
    "there are no in-place forms, and `out` shares no memory with `self`.",
}
INDEX = "Also the place of each chosen entry in its group, from 0 to k − 1, as uint8."
TYPES = {"Tensor": "const at::Tensor&", "number": "double", "int": "int64_t"}


def public() -> dict[str, Callable[..., torch.Tensor]]:
    """The functions of Python, without those that only write in place."""
    return {
        name: thing
        for name in nonlin.__all__
        if inspect.isfunction(thing := getattr(nonlin, name)) and name[-1] != "_"
    }


def operators() -> dict[str, str]:
    """Their names and families."""
    families = {entry["name"]: entry["family"] for entry in nonlin._C.operators()}
    packed = [name + "_packed" for name, family in families.items() if family == "gated"]
    return families | dict.fromkeys(packed, "gated")


def schema(name: str) -> list[torch.Argument]:
    """What an operator takes besides the input."""
    return getattr(torch.ops.nonlin, name).default._schema.arguments[1:]


def theme(name: str) -> str:
    """The file that an operator's functions are in."""
    function = public().get(name.removesuffix("_packed"))
    return function.__module__.rpartition(".")[2] if function else operators()[name]


def documentation(name: str) -> str:
    """Formula and paper: of Python's function if it takes what the operator takes, else of ops/."""
    if name.endswith("_packed"):
        base = name.removesuffix("_packed")
        return f"{base} of the halves of one tensor, or of its even and odd entries."
    function = public().get(name)
    taken = list(inspect.signature(function).parameters)[1:] if function else []
    if function and {a.name for a in schema(name)} <= set(taken):
        text = inspect.getdoc(function) or ""
    else:
        lines = re.findall(r"^/// *(.+)$", (ROOT / f"ops/{name}.h").read_text(), re.MULTILINE)
        text = re.sub(" {3,}", "\n", "\n".join(lines))
    paper = re.search(r"^\w.* \d{4}, .+$", text, re.MULTILINE)
    parts = [text.partition("\n")[0], paper.group() if paper else ""]
    if not all(parts):
        raise Missing(
            f"nonlin.{name} needs a docstring whose first line is the formula, with the paper in a "
            "line like 'Misra 2019, arXiv 1908.08681'"
        )
    return " ".join(part.rstrip(".") + "." for part in parts)


def parameter(argument: torch.Argument) -> str:
    kind = str(argument.real_type)
    default = argument.default_value
    value = "" if default is None else f" = {literal(default)}"
    return f"{TYPES[kind]} {argument.name}{value}"


def declaration(result: str, name: str, parameters: list[str], call: str) -> str:
    head, body = f"inline {result} {name}(", f"return {call};"
    line = f"{head}{', '.join(parameters)}) {{"
    if len(line) + len(body) + 3 <= WIDTH:
        return f"{line} {body} }}\n"
    if len(line) > WIDTH:
        line, rest = head, "".join(f"{p},\n" for p in parameters).rstrip(",\n").split("\n")
        for p in rest:
            end = line.rpartition("\n")[2]
            line += (" " if p != rest[0] else "") + p if len(end + p) < WIDTH - 4 else f"\n    {p}"
        line += ") {"
    return f"{line}\n  {body}\n}}\n"


def forms(name: str) -> Iterator[str]:
    more = [parameter(a) for a in schema(name)]
    given = "".join(f", {a.name}" for a in schema(name))
    tensor, target = "const at::Tensor& self", "at::Tensor& self"
    yield declaration("at::Tensor", name, [tensor, *more], f'detail::call<"{name}">(self{given})')
    if hasattr(torch.ops.nonlin, name + "_"):
        call = f'detail::call_<"{name}">(self{given})'
        yield declaration("at::Tensor&", name + "_", [target, *more], call)
    call = f'detail::call_out<"{name}">(out, self{given})'
    yield declaration("at::Tensor&", name + "_out", ["at::Tensor& out", tensor, *more], call)
    if hasattr(torch.ops.nonlin, name + "_with_index"):
        both = "std::tuple<at::Tensor, at::Tensor>"
        call = f'detail::call<"{name}_with_index", {both}>(self{given})'
        yield comment(INDEX) + declaration(both, name + "_with_index", [tensor, *more], call)


def check_special() -> None:
    """Functions that are no operators are written by hand."""
    declared = set(re.findall(r"^inline at::Tensor&? (\w+)\(", written_by_hand("functions"), re.M))
    for name in public().keys() - operators().keys():
        for form in {name, name + "_", name + "_out"} - declared:
            raise Missing(
                f"nonlin.{name} is no operator of its own, so write nonlin::{form} into "
                f"{HEADERS}/functions/special.h"
            )


def files() -> dict[str, str]:
    check_special()
    themes: dict[str, list[str]] = {}
    for name in sorted(operators()):
        themes.setdefault(theme(name), []).append(name)
    written = {}
    for file, names in themes.items():
        text = "".join(f"{comment(documentation(n))}{''.join(forms(n))}\n" for n in names)
        title = TITLES.get(file) or first_sentence(f"nonlin.{file}")
        includes = ['"call.h"', *(["<tuple>"] if "std::tuple" in text else [])]
        written[f"{HEADERS}/functions/{file}.h"] = header(title, includes[::-1], "nonlin", text)
    return written


def first_sentence(module: str) -> str:
    text = " ".join((importlib.import_module(module).__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") + "."
