"""functions.h and modules.h, which include the files, and the lists of their C++ tests."""

from __future__ import annotations

import re

from api import HEADERS, MARK, ROOT, TESTS, Missing, files_by_hand, literal, written_by_hand
from api.functions import operators, public, schema, theme
from api.modules import Module, modules

FUNCTIONS = """/// The activations as functions on tensors.
///
/// Each takes a tensor of any layout, of type float64, float32, float16 or bfloat16, on the CPU or
/// on a CUDA device. f(self) returns a new tensor laid out like `self`; f_(self) writes `self`;
/// f_out(out, self) writes `out`, which must have the type of `self`, is resized when it must be,
/// and may be `self` where their shapes are equal, but not overlap it otherwise. All but f_out are
/// differentiable, in reverse and forward mode and to any order. Arguments are checked before
/// anything is written; what is refused raises c10::Error with the operator and the argument in its
/// message.
"""
MODULES = """\
/// The activations as modules, options and all as their namesakes in torch::nn have them:
///
///   nonlin::nn::ELU elu(torch::nn::ELUOptions().alpha(0.5).inplace(true));
///   torch::nn::Sequential net(torch::nn::Linear(8, 8), nonlin::nn::Mish(),
///                             torch::nn::Linear(8, 1));
///   nonlin::nn::Swish swish(nonlin::nn::SwishOptions().learnable(true));
"""


def including(folder: str, themes: set[str], text: str, *more: str) -> str:
    by_hand = {file.stem for file in files_by_hand(folder)}
    files = [f"{folder}/{name}.h" for name in sorted(themes | by_hand)]
    lines = "".join(f'#include "{name}"\n' for name in [*files, *more])
    return f"#pragma once\n{MARK}{text}{lines}"


def of_functions() -> str:
    """FORMS(name, tensors…) for all with an in-place form, GROUPS(name) for the others."""
    lines = []
    for name in sorted({*operators(), *public()}):
        if name in operators():
            weights = sum(str(a.real_type) == "Tensor" for a in schema(name))
        else:
            weights = 0
        family = operators().get(name)
        tensors = (", up()" if family == "gated" else ", weight()") * weights
        if not name.endswith("_packed"):
            lines.append(f"GROUPS({name})" if family == "groupwise" else f"FORMS({name}{tensors})")
    return MARK + "".join(f"{line},\n" for line in lines)


def of_packed() -> str:
    """PACKED(name) for all functions of one tensor."""
    found = sorted(name for name in operators() if name.endswith("_packed"))
    return MARK + "".join(f"PACKED({name.removesuffix('_packed')}),\n" for name in found)


def of_module(m: Module) -> str:
    """What it shows, computes and refuses, each number a quarter above its default."""
    numbers = {name: value + 0.25 for name, value in m.numbers.items()}
    given = "".join(f", {literal(value)}" for value in numbers.values())
    chosen = "".join(f".{name}({literal(value)})" for name, value in numbers.items())
    shown = ", ".join(f"{name}={literal(value)}" for name, value in numbers.items())
    name, options = f"nonlin::nn::{m.name}", m.options
    options = f"nonlin::nn::{options}" if m.own else options
    made = f"{options}(){chosen}" if options else ""
    lines = [f"TEST(EachModule, {m.name}) {{", "  const Tensor x = inputs();"]
    lines += [f'  EXPECT_EQ(shown({name}({made})), "{name}({shown})");']
    lines += [f"  EXPECT_TRUE(at::equal({name}({made})(x), nonlin::{m.function}(x{given})));"]
    if options and m.inplace:
        lines += ["  const Tensor y = x.clone();"]
        lines += [f"  EXPECT_TRUE({name}({made}.inplace(true))(y).is_same(y));"]
        lines += [f"  EXPECT_TRUE(at::equal(y, nonlin::{m.function}(x{given})));"]
    for number in m.numbers if options else ():
        words = f"{name}: `{number}` must be finite, got nan"
        lines += [
            f"  EXPECT_EQ(message([] {{ {name}({options}().{number}(NAN)); }}),",
            f'            "{words}");',
        ]
    return "".join(f"{line}\n" for line in [*lines, "}"])


def check_special() -> None:
    """What is written by hand has its tests in files that are written by hand."""
    tests = (ROOT / TESTS / "modules.cpp").read_text()
    for name in re.findall(r"^TORCH_MODULE\((\w+)\)", written_by_hand("modules"), re.MULTILINE):
        if f"nonlin::nn::{name}" not in tests:
            raise Missing(f"{TESTS}/modules.cpp has no test of nonlin::nn::{name}: write one")


def files() -> dict[str, str]:
    check_special()
    found = modules()
    return {
        f"{HEADERS}/functions.h": including(
            "functions", {theme(name) for name in operators()}, FUNCTIONS, "version.h"
        ),
        f"{HEADERS}/modules.h": including("modules", {m.theme for m in found}, MODULES),
        f"{TESTS}/functions.inc": of_functions(),
        f"{TESTS}/packed.inc": of_packed(),
        f"{TESTS}/modules.inc": MARK + "\n".join(of_module(m) for m in found),
    }
