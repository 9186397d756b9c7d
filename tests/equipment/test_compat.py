"""The page of releases: no feature is silent, and the page says what the tests did."""

import json
import subprocess
import sys

import pytest
from development import ROOT

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("compat", reason="the tests run beside an installed package, without tools/")
from compat import page
from compat.features import FEATURES, feature_of
from compat.record import EVERY

TESTS = ROOT / "tests"
COMMITTED = ROOT / "docs" / "compatibility"


def shown() -> list[str]:
    """Files whose tests `make compat` runs."""
    files = [*TESTS.glob("platform/test_*.py")]
    files += [f for f in TESTS.glob("*/test_*.py") if "mark.smoke" in f.read_text()]
    return sorted({str(f.relative_to(TESTS)) for f in files if "equipment" not in f.parts}, key=str)


@pytest.mark.parametrize("file", shown())
def test_every_file_stands_for_a_feature(file):
    assert feature_of(file), f"tests/{file} is in no line of FEATURES, tools/compat/features.py"


def test_every_pattern_is_of_some_file():
    for title, patterns in FEATURES.items():
        for pattern in patterns:
            assert list(TESTS.glob(pattern)), f"{title}: there is no tests/{pattern}"


def result(features: dict, failures: dict) -> dict:
    facts = {"torch": "2.15.0+cpu", "nonlin": "0", "python": "3.11.2", "date": "2026-11-29"}
    return facts | {"outcomes": {"passed": 3}, "features": features, "failures": failures}


def test_page_says_what_fails():
    results = {
        "2.11.0": result(
            {"autograd": {"mish": {"passed": 2, "failed": 1}, "elu": {"passed": 2}}},
            {"tests/family/test_gradients.py::test_it[mish]": "it is wrong"},
        ),
        "2.15.0": result(
            {"autograd": {"mish": {"passed": 3}, EVERY: {"passed": 1, "skipped": 1}}}, {}
        ),
    }
    text = page.page(results)
    assert "| autograd | 4 of 5; not mish | ✓ 4 |" in text
    assert "| `mish` | 2.15.0 |" in text
    assert "| `elu` | 2.11.0 |" in text
    assert "* 2.11.0: `tests/family/test_gradients.py::test_it[mish]`: it is wrong" in text
    assert EVERY not in text


def test_results_are_kept(tmp_path):
    """By the plugin, of several processes, and of a test that fails."""
    file, test = tmp_path / "2.15.0.json", tmp_path / "tests" / "platform" / "test_fx.py"
    test.parent.mkdir(parents=True)
    test.write_text(
        "import pytest\nfrom nonlin.testing import catalogue\n"
        "@pytest.mark.parametrize('row', [catalogue['mish'], catalogue['selu']])\n"
        "def test_it(row): assert row.name == 'mish', 'not this one'\n"
        "def test_all(): pytest.skip('not here')\n"
    )
    (test.parent / "test_script.py").write_text("import nothing_of_that_name\n")
    how = ["-p", "compat.record", "--record", file, "-n", "2", "--rootdir", tmp_path]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *how, "-c", "/dev/null", test.parent],
        env={"PYTHONPATH": f"{ROOT / 'tools'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert file.exists(), run.stdout + run.stderr
    found = json.loads(file.read_text())
    assert found["features"] == {
        "torch.fx": {EVERY: {"skipped": 1}, "mish": {"passed": 1}, "elu": {"failed": 1}},
        "TorchScript": {EVERY: {"failed": 1}},
    }
    assert sorted(found["failures"].values()) == [
        "AssertionError: not this one",
        "ModuleNotFoundError: No module named 'nothing_of_that_name'",
    ]
    assert page.load(tmp_path) == {"2.15.0": found}


def test_committed_page():
    """It is of the committed results, of all releases that the Makefile names; until these are
    there, nobody is sent to it.
    """
    if not COMMITTED.exists():
        assert "docs/compatibility.md" not in (ROOT / "README.md").read_text()
        return
    results = page.load(COMMITTED)
    names = (ROOT / "Makefile").read_text().split("OTHERS := ")[1].splitlines()[0].split()
    assert set(names) < set(results)
    assert (ROOT / "docs" / "compatibility.md").read_text() == page.page(results)
