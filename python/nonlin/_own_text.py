"""The Python of an activation that was loaded: its function and its module, as text.

As text, since TorchScript reads functions, and so that a traceback shows lines. What it says
follows from the operator's schema; it is what functions of `nonlin` have, written by hand.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

import torch

from nonlin._own_text_gated import gated

Names = list[str]
TAKEN = {"self", "grad_output", "grad_grad_output", "grad_grad_self", "input", "inplace", "out"}
TAKEN |= {"dim", "layout", "num_parameters", "init", "device", "dtype", "training"}


def names_in(text: str) -> Names:
    """Of the parameters and the weight that a header's text declares itself."""
    return re.findall(r'\b(?:named\s*\{|weight\s*=)\s*"(\w+)"', text)


def refuse_names(header: str, names: Iterable[str]) -> None:
    """Refuses names of parameters and weights that arguments in Python cannot have."""
    for name in names:
        if keyword.iskeyword(name) or name in TAKEN:
            raise ValueError(
                f"nonlin.load_activation: {header} must not call a parameter `{name}`, which "
                "means something else beside it"
            )


def comment_of(formula: str, text: str) -> str:
    """What a header says above its formula, in lines that start with ///."""
    found = re.search(rf"((?:^[ \t]*///.*\n)+)[ \t]*struct\s+{formula}\b", text, re.MULTILINE)
    lines = found[1].splitlines() if found else []
    return "\n".join(line.strip().removeprefix("///").removeprefix(" ") for line in lines)


def text_of(namespace: str, name: str, class_name: str, header: str, comment: str) -> str:
    """A module with the function `name` and the class `class_name`, documented by the comment."""
    operator = getattr(getattr(torch.ops, namespace), name)
    arguments = operator.default._schema.arguments[1:]
    kinds = {a.name: str(a.type) for a in arguments}
    refuse_names(header, kinds.keys() - {"dim"})  # of included headers too; `dim` is the operator's
    both = hasattr(getattr(torch.ops, namespace), f"{name}_packed")
    weights = [a for a, kind in kinds.items() if kind == "Tensor"]
    numbers = [
        (a.name, float(a.default_value))
        for a in arguments
        if kinds[a.name] not in ("Tensor", "int")
    ]
    family = _parametric if weights else _groupwise if "k" in kinds else _pointwise
    family = gated if both else family
    words = {"full": f"{namespace}::{name}", "ops": f"torch.ops.{namespace}.{name}", "name": name}
    words |= {"class_name": class_name, "header": header, "comment": ""}
    if comment:
        lines = comment.replace("\\", "\\\\").replace('"', '\\"').splitlines()
        words["comment"] = "\n\n    " + "\n    ".join(lines) + "\n    "
    return HEAD.format(**words) + family(words, weights[0] if weights else "", numbers)


HEAD = '''"""{full} of {header}, made by nonlin.load_activation."""

from typing import Optional

import torch
from torch import Tensor
from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting
from torch.overrides import handle_torch_function, has_torch_function_variadic

from nonlin._arguments import finite, integer, number, parameter_dtype, start, tensor, truth
from nonlin._own_arguments import check
from nonlin._layouts import place_of
'''

FUNCTION = '''

def {name}(input: Tensor, {declared}out: Optional[Tensor] = None) -> Tensor:
    """{full} of {header}: torch.ops has it, its derivatives and its form in place.{comment}"""
    if not (is_scripting() or is_dynamo_compiling()):
        if has_torch_function_variadic(input, {given}out):
            return handle_torch_function(
                {name}, (input, {given}out), input, {keywords}out=out
            )
    if not is_scripting():
        check("{full}", input, {inplace}, out)
{checks}    if out is not None:
        result: Tensor = {ops}(input, {given}out=out)
{in_place_form}    else:
        result = {ops}(input{passed})
    return result


class {class_name}(torch.nn.Module):
    """The module of `{name}`, {full} of {header}.{comment}"""
'''

IN_PLACE = """    elif inplace:
        result = {ops}_(input{passed})
"""


def _function(
    words: dict[str, str], declared: Names, given: Names, checks: str, inplace: bool
) -> str:
    keywords = [f"{a}={a}" for a in given] + ["inplace=inplace"] * inplace
    words |= {
        "declared": "".join(f"{d}, " for d in declared + ["inplace: bool = False"] * inplace),
        "given": "".join(f"{a}, " for a in given),
        "passed": "".join(f", {a}" for a in given),
        "keywords": "".join(f"{k}, " for k in keywords),
        "inplace": "inplace" if inplace else "False",
        "checks": checks,
    }
    words["in_place_form"] = IN_PLACE.format(**words) if inplace else ""
    return FUNCTION.format(**words)


def _pointwise(words: dict[str, str], _: str, numbers: list[tuple[str, float]]) -> str:
    names, full = [a for a, _ in numbers], words["full"]
    declared = [f"{a}: float = {value!r}" for a, value in numbers]
    checks = "".join(f'        {a} = number("{full}", "{a}", {a})\n' for a in names)
    types = "".join(f"    {a}: float\n" for a in names)
    kept = "".join(f'        self.{a} = float(finite("{full}", "{a}", {a}))\n' for a in names)
    shown = ", ".join(f"{a}={{self.{a}}}" for a in names)
    return _function(words, declared, names, checks, inplace=True) + (
        f"""
    __constants__ = ["inplace"]
{types}    inplace: bool

    def __init__(self, {"".join(f"{d}, " for d in declared)}inplace: bool = False) -> None:
        super().__init__()
{kept}        truth("{full}", "inplace", inplace)
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return {words["name"]}(input, {"".join(f"self.{a}, " for a in names)}self.inplace)

    def extra_repr(self) -> str:
        parts = [f"{shown}"] if {bool(names)} else []
        return ", ".join(parts + ["inplace=True"] * self.inplace)
"""
    )


def _parametric(words: dict[str, str], weight: str, _: object) -> str:
    full = words["full"]
    checks = f"""        tensor("{full}", "{weight}", {weight})
        dim = integer("{full}", "dim", dim)
"""
    declared = [f"{weight}: Tensor", "dim: int = 1"]
    return _function(words, declared, [weight, "dim"], checks, inplace=True) + (
        f"""
    __constants__ = ["num_parameters", "dim", "inplace"]

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 1.0,
        *,
        dim: int = 1,
        inplace: bool = False,
        device: Optional[torch.device] = None,
        dtype: Optional[torch.dtype] = None,
    ) -> None:
        super().__init__()
        self.num_parameters = integer("{full}", "num_parameters", num_parameters, least=1)
        truth("{full}", "inplace", inplace)
        parameter_dtype("{full}", dtype)
        self.init = start("{full}", "init", init, dtype)
        self.dim = integer("{full}", "dim", dim)
        self.inplace = inplace
        initial = torch.full((num_parameters,), self.init, device=device, dtype=dtype)
        self.{weight} = torch.nn.Parameter(initial)

    def reset_parameters(self) -> None:
        torch.nn.init.constant_(self.{weight}, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return {words["name"]}(input, self.{weight}, self.dim, self.inplace)

    def extra_repr(self) -> str:
        text = f"num_parameters={{self.num_parameters}}"
        text += "" if self.dim == 1 else f", dim={{self.dim}}"
        return text + (", inplace=True" if self.inplace else "")
"""
    )


def _groupwise(words: dict[str, str], _: str, __: object) -> str:
    full = words["full"]
    checks = "".join(f'        {a} = integer("{full}", "{a}", {a})\n' for a in ("k", "dim"))
    return _function(words, ["k: int", "dim: int = -1"], ["k", "dim"], checks, inplace=False) + (
        f"""
    __constants__ = ["k", "dim"]

    def __init__(self, k: int, dim: int = -1) -> None:
        super().__init__()
        self.k = integer("{full}", "k", k, least=1, most=256)
        self.dim = integer("{full}", "dim", dim)

    def forward(self, input: Tensor) -> Tensor:
        return {words["name"]}(input, self.k, self.dim)

    def extra_repr(self) -> str:
        return f"k={{self.k}}, dim={{self.dim}}"
"""
    )
