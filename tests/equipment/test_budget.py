"""The static gate catches what is planted; tests/package/test_cuda_objects.py closes it."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from development import BUILD, ROOT, run

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("budget", reason="the tests run beside an installed package, without tools/")
from budget import budgets, objdump, page
from budget.__main__ import main
from budget.kernels import read

LIBRARY = BUILD / "stage" / "nonlin" / "lib" / "libnonlin.so"


def has_cuobjdump() -> bool:
    try:
        return bool(objdump.cuobjdump())
    except objdump.ToolError:
        return False


needs_cuobjdump = pytest.mark.skipif(
    not has_cuobjdump(), reason="needs cuobjdump, of the CUDA toolkit, of pip or of Triton"
)


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Path:
    compiler = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if not compiler:
        pytest.skip("needs nvcc")
    cubin = tmp_path_factory.mktemp("planted") / "planted.cubin"
    source = ROOT / "tests" / "cpp" / "planted.cu"
    run(compiler, "-std=c++20", "-arch=sm_90", "-cubin", "-o", cubin, source)
    return cubin


@needs_cuobjdump
@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("division", "OVER", "issue slots"),
        ("narrowed", "NARROWER", "bytes per load"),
        ("spilled", "SPILL", "local memory"),
    ],
)
def test_planted_faults_are_caught(planted, what, kind, words):
    found = read(planted, "sm_90")
    name = f"kernel {what}"
    allowed = {name: budgets.of(found["kernel plain"])}
    findings = budgets.compare({name: found[name]}, allowed)
    caught = [one for one in findings if one.kind == kind and words in one.figures]
    assert len(caught) == 1, f"{name} is not {kind}: {findings}"
    assert not budgets.compare({name: found["kernel plain"]}, allowed)


@needs_cuobjdump
def test_command_line(planted, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(budgets, "FOLDER", tmp_path)
    monkeypatch.setattr(page, "FILE", tmp_path / "cuda.md")
    at = [str(planted), "--arch", "sm_90"]
    assert main([*at, "--write", "--match", "plain|division"]) == 0
    assert main([*at, "--match", "plain|division"]) == 0
    written = budgets.path("sm_90").read_text()
    assert main(at) == 1
    assert re.findall("^(?:NEW|GONE).*", capsys.readouterr().out, re.MULTILINE) == [
        "NEW      kernel narrowed",
        "NEW      kernel spilled",
    ]
    budgets.path("sm_90").write_text(written.replace("plain", "other"))
    assert main([*at, "--match", "plain|other"]) == 1
    assert re.findall("^(?:NEW|GONE).*", capsys.readouterr().out, re.MULTILINE) == [
        "GONE     kernel other",
        "NEW      kernel plain",
    ]
    assert main([*at, "--table"]) == main([*at, "--aims"]) == 0
    assert main([str(planted), "--arch", "sm_80"]) == main([str(tmp_path)]) == 2


def test_the_page_shows_the_budgets():
    allowed = budgets.load(budgets.path("sm_90"))
    assert page.FILE.read_text() == page.page(allowed), "run make budget BUDGET_ARGS=--write"
    kinds = {name.split()[1] for name in allowed}
    shown = {kind for title in page.SECTIONS.values() for kind in title.split("|")}
    assert kinds - {"slices"} == shown, "kernels without a table"
