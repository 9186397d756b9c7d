"""What an activation needs for ONNX, and that its page is what the code says."""

import runpy
import subprocess
import sys
from pathlib import Path

import nonlin
import pytest
from nonlin.onnx._standard import EXPANDED, STANDARD
from nonlin.testing import Gated, catalogue
from nonlin.testing.in_onnx import agreement
from nonlin.testing.runtime import AGREEMENTS

ROOT = Path(__file__).parent.parent.parent
OPERATORS = {row["name"]: row["family"] for row in nonlin._C.operators()}


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_are_known(name):
    assert (name in STANDARD) != (name in EXPANDED), (
        f"{name} is not known in ONNX: write into STANDARD of python/nonlin/onnx/_standard.py by "
        "which of ONNX's operators it is computed, or into EXPANDED why its expression serves"
    )
    row = next(row for row in catalogue.values() if row.operator == name)
    assert name in EXPANDED or OPERATORS[name] == "groupwise" or agreement(row), (
        f"{name} has no bound in onnxruntime: measure it with tests/platform/test_onnx.py, and add "
        "it to AGREEMENTS in python/nonlin/testing/runtime.py"
    )


def test_no_others_are_known():
    stale = (set(STANDARD) | set(EXPANDED)) - set(OPERATORS)
    assert stale == set(), f"python/nonlin/onnx/_standard.py has {sorted(stale)}, no operators"
    gates = {row.definition.__name__ for row in catalogue.values() if isinstance(row, Gated)}
    unknown = set(AGREEMENTS) - set(OPERATORS) - gates
    assert unknown == set(), f"python/nonlin/testing/runtime.py has {sorted(unknown)}, no formulas"


def test_the_page_is_current():
    tables = ROOT / "tools" / "tables" / "__main__.py"
    if not tables.exists():
        pytest.skip("the tests run beside an installed package")
    page = (ROOT / "docs" / "onnx.md").read_text()
    assert runpy.run_path(str(tables))["written"](page, "docs/onnx.md") == page, (
        "the table of docs/onnx.md is not what the code says: run `make tables`"
    )


def test_the_package_is_imported_without_onnx():
    """And says in one line what it takes; nonlin alone does not import it."""
    code = """
import sys, torch
before = set(sys.modules)
import nonlin
assert "nonlin.onnx" not in sys.modules
sys.modules["onnxscript"] = None
import nonlin.onnx
more = {name.split(".")[0] for name in set(sys.modules) - before}
assert not more & {"onnx", "onnx_ir", "onnxruntime"}, more
assert "torch._dynamo" not in sys.modules and "torch.onnx._internal.exporter" not in sys.modules
try:
    nonlin.onnx.translation_table(20)
except ImportError as error:
    print(error)
"""
    said = subprocess.check_output([sys.executable, "-W", "ignore", "-c", code], text=True)
    expected = "nonlin.onnx.translation_table: run `pip install onnx onnxscript` first"
    assert said.startswith(expected) and said.count("\n") == 1
