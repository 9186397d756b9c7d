"""The C++ API is what tools/api writes, and of the rest nothing is forgotten."""

import subprocess
import sys
from pathlib import Path

import pytest
from development import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import api
import nonlin
import torch
from api import functions, modules

RUN = "run `python tools/api` and commit what it writes"


def test_files_are_what_the_script_writes(tmp_path: Path):
    command = [sys.executable, ROOT / "tools" / "api", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    folders = (ROOT / api.HEADERS, ROOT / api.TESTS)
    there = {
        path.relative_to(ROOT)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and api.MARK in path.read_text()
    }
    assert there == written, f"{sorted(map(str, there ^ written))}: {RUN}"
    for path in written:
        assert (tmp_path / path).read_text() == (ROOT / path).read_text(), f"{path}: {RUN}"


class Plain(torch.nn.Module):
    """One of which PyTorch has no namesake."""

    def __init__(self, steep: float = 0.5, flat: float = 0.0, inplace: bool = False) -> None:
        super().__init__()


class Softsign(torch.nn.Softsign):
    """PyTorch's takes no `inplace`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()


class Chosen(torch.nn.Module):
    def __init__(self, dim: int = 1) -> None:
        super().__init__()


def test_whose_options_a_module_takes():
    """Those of its namesake in torch::nn, none where that has none, or its own."""
    assert modules.options_of(nonlin.nn.ELU, {"alpha", "inplace"}) == "torch::nn::ELUOptions"
    assert modules.options_of(nonlin.nn.Mish, {"inplace"}) == ""
    assert modules.options_of(Softsign, {"inplace"}) == "SoftsignOptions"
    assert modules.options_of(torch.nn.ELU, {"alpha", "slope"}) == "ELUOptions"


def test_a_module_with_options_of_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(modules, "public", lambda: {"mish": nonlin.mish, "plain": nonlin.mish})
    text = modules.text(modules.described(Plain, "pointwise"))
    for line in (
        "  PlainOptions(double steep = 0.5) : steep_(steep) {}",
        "  TORCH_ARG(double, flat) = 0;",
        '    detail::check_finite("Plain", "flat", options.flat());',
        "    return options.inplace() ? nonlin::plain_(input, options.steep(), options.flat())",
        '    stream << "nonlin::nn::Plain(steep=" << options.steep() << ", flat=" << options.flat()'
        ' << ")";',
        "TORCH_MODULE(Plain);",
    ):
        assert line in text.split("\n"), text


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(api.Missing, match=r"nonlin\.nn\.Plain has no function"):
        modules.described(Plain, "pointwise")
    with pytest.raises(api.Missing, match=r"nn\.Chosen takes `dim: int = 1`.*modules/special\.h"):
        modules.described(Chosen, "pointwise")
    monkeypatch.setattr(functions, "written_by_hand", lambda folder: "")
    with pytest.raises(api.Missing, match=r"nonlin\.\w+ is no operator.*functions/special\.h"):
        functions.files()


def test_declarations_are_short():
    for path in sorted((ROOT / api.HEADERS).rglob("*.h")):
        long = [line for line in path.read_text().split("\n") if len(line) > api.WIDTH]
        assert not long, f"{path}: {long}"
