"""csrc/include/nonlin/modules/: modules whose options are numbers and `inplace`."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from pathlib import Path

import nonlin.nn
import torch

from api import HEADERS, Missing, header, literal, written_by_hand
from api.functions import public

TORCH = Path(torch.__file__).parent / "include/torch/csrc/api/include/torch/nn/options/activation.h"


@dataclass
class Module:
    """A class of `nonlin.nn` that is written."""

    name: str
    theme: str  # its file
    function: str
    numbers: dict[str, float]  # and their defaults
    inplace: bool
    options: str  # the C++ type; empty: it has none

    @property
    def own(self) -> bool:
        """Whether that type is ours, and not torch::nn's."""
        return self.options == f"{self.name}Options"


def function_of(name: str) -> str:
    for function in public():
        if function.replace("_", "") == name.lower():
            return function
    raise Missing(f"nonlin.nn.{name} has no function: nonlin lacks {name.lower()}, by that name")


def options_of(cls: type, parameters: set[str]) -> str:
    """Those of its namesake in torch::nn, if they have all of its parameters; or its own.

    What PyTorch's modules have in Python alone, as Mish its `inplace`, is not added to C++.
    """
    name = cls.__name__
    theirs = re.search(
        rf"struct TORCH_API {name}Options {{(.*?)\n}};", TORCH.read_text(), re.DOTALL
    )
    if theirs and parameters <= set(re.findall(r"TORCH_ARG\([^,]+, (\w+)\)", theirs.group(1))):
        return f"torch::nn::{name}Options"
    namesake = getattr(torch.nn, name, None)
    if namesake and not theirs and parameters <= set(inspect.signature(namesake).parameters):
        return ""
    return f"{name}Options"


def described(cls: type, theme: str) -> Module:
    parameters = inspect.signature(cls).parameters
    numbers = {}
    for name, p in parameters.items():
        if p.annotation in (float, "float") and p.default is not p.empty:
            numbers[name] = float(p.default)
        elif name != "inplace":
            raise Missing(
                f"nonlin.nn.{cls.__name__} takes `{p}`: tools/api knows numbers with defaults and "
                f"`inplace`, so write this module into {HEADERS}/modules/special.h"
            )
    options = options_of(cls, set(parameters))
    function = function_of(cls.__name__)
    return Module(cls.__name__, theme, function, numbers, "inplace" in parameters, options)


def modules() -> list[Module]:
    special = re.findall(r"^TORCH_MODULE\((\w+)\)", written_by_hand("modules"), re.MULTILINE)
    found = []
    for name in sorted(set(nonlin.nn.__all__) - set(special)):
        cls = getattr(nonlin.nn, name)
        theme = Path(inspect.getfile(cls.forward)).stem
        found.append(described(cls, theme))
    return found


def options_text(m: Module) -> str:
    """As torch::nn has such structs: the first number alone is enough."""
    first, *others = [*m.numbers.items(), (None, 0)]
    lines = []
    if first[0]:
        lines += [
            f"  {m.options}(double {first[0]} = {literal(first[1])}) : {first[0]}_({first[0]}) {{}}"
        ]
        lines += [f"  TORCH_ARG(double, {first[0]});"]
    lines += [f"  TORCH_ARG(double, {n}) = {literal(v)};" for n, v in others if n]
    lines += ["  TORCH_ARG(bool, inplace) = false;"] if m.inplace else []
    return "".join(f"{line}\n" for line in [f"struct {m.options} {{", *lines, "};", ""])


def text(m: Module) -> str:
    impl, name = f"{m.name}Impl", f"nonlin::nn::{m.name}"
    given = "".join(f", options.{n}()" for n in m.numbers)
    call = f"nonlin::{m.function}(input{given})"
    shown = ', "'.join(f'{n}=" << options.{n}() << "' for n in m.numbers).replace(', "', ", ")
    stream = f'stream << "{name}({shown})";'
    lines = [
        f"/// nonlin::{m.function}.",
        f"class {impl} : public detail::Activation<{impl}> {{",
        " public:",
    ]
    if m.options:
        checks = [f'    detail::check_finite("{m.name}", "{n}", options.{n}());' for n in m.numbers]
        start = f"  explicit {impl}(const {m.options}& options_ = {{}}) : options(options_) {{"
        lines += [start, *checks, "  }"] if checks else [start + "}"]
    if m.options and m.inplace:
        lines += ["  at::Tensor forward(at::Tensor input) {"]
        lines += [f"    return options.inplace() ? nonlin::{m.function}_(input{given})"]
        lines += [f"                             : {call};", "  }"]
    else:
        lines += [f"  at::Tensor forward(const at::Tensor& input) {{ return {call}; }}"]
    lines += ["  void pretty_print(std::ostream& stream) const override {", f"    {stream}", "  }"]
    lines += [f"  {m.options} options;"] if m.options else []
    lines += ["};", f"TORCH_MODULE({m.name});", ""]
    return (options_text(m) if m.own else "") + "".join(f"{line}\n" for line in lines)


def files() -> dict[str, str]:
    themes: dict[str, list[Module]] = {}
    for m in modules():
        themes.setdefault(m.theme, []).append(m)
    return {
        f"{HEADERS}/modules/{theme}.h": header(
            f"Modules of functions/{theme}.h.",
            ['"common.h"'],
            "nonlin::nn",
            "".join(map(text, list_)),
        )
        for theme, list_ in themes.items()
    }
