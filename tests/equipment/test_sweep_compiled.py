"""The sweep of what torch.compile makes: its measure, its bounds, and what is committed."""

import json
import sys

import pytest
import torch
from development import ROOT
from rows import MEMBERS
from rows import bounds as tested
from torch import Tensor

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("sweep", reason="the tests run beside an installed package, without tools/")
from sweep import compiled_page, inputs, page
from sweep.__main__ import main
from sweep.evaluator import available
from sweep.measure import LEAST, SMALL, Judge, Measures, Place
from sweep.subject import subject, swept_compiled

ACCURACY = ROOT / "docs" / "accuracy"


def seen(where: Place, got: Tensor, exact: Tensor) -> Measures:
    measures = Measures()
    Judge(where, exact).see(got, measures)
    return measures


def test_page_promises_what_is_tested():
    assert compiled_page.PROMISED == tested.COMPILED
    assert compiled_page.TAILS == tested.COMPILED_TAILS
    assert compiled_page.ABSOLUTE == tested.COMPILED_ABSOLUTE
    assert compiled_page.FADING == tested.COMPILED_FADING
    assert compiled_page.FADES == tested.COMPILED_FADES
    assert SMALL == tested.COMPILED_SMALL * LEAST
    assert compiled_page.MISROUNDED == tested.COMPILED_MISROUNDED
    often = {(n, o, getattr(torch, t)): c for (n, o, t), c in compiled_page.OFTEN.items()}
    assert often == tested.COMPILED_OFTEN
    assert compiled_page._opening() in (ACCURACY.parent / "accuracy.md").read_text()


@pytest.mark.parametrize("name", swept_compiled())
def test_committed_results(name):
    """Of 20 million inputs and all of 16 bits, of all members, within the bounds."""
    path = ACCURACY / "compiled" / f"{name}.json"
    assert path.exists(), f'run `make sweep SWEEP_ARGS="--compiled {name}"`, and commit the page'
    result = json.loads(path.read_text())
    assert result["setting"]["float32 inputs"] >= 19e6
    members, shown = subject(name).members, [m for names in page.COMMON for m in names]
    for dtype in ("float32", "bfloat16", "float16"):
        for by in result[dtype].values():
            assert set(by["ours"]) == set(members)
            for member in set(members) & set(shown):
                order = next(i for i, names in enumerate(page.COMMON) if member in names)
                found, where = by["ours"][member], f"{name} {member}, {dtype}"
                assert float(found.get("limits", {"error": 0})["error"]) <= 0.5, where
                if dtype != "float32":
                    most = compiled_page.OFTEN.get((name, order, dtype), compiled_page.MISROUNDED)
                    assert found["misrounded"] <= most, f"{where}: {found}"
                    continue
                most = compiled_page.TAILS.get(name, compiled_page.PROMISED)[order]
                for kind, bound in (
                    ("ulp", most),
                    ("absolute", compiled_page.ABSOLUTE),
                    ("small", compiled_page.FADES.get(name, compiled_page.FADING)),
                ):
                    error = float(found.get(kind, {"error": 0})["error"])
                    assert error <= bound, f"{where}, {kind}: {found}"


def test_expressions_are_judged_by_their_own_measure():
    """Next to roots of slopes by absolute errors, and results next to nothing apart."""
    what = subject("mish").of_operations()
    (root,) = what.roots("slope")
    for start, member, kind in ((root, "slope", "absolute"), (-103.9, "value", "small")):
        x = inputs.Stretch(inputs.bits(start), 1, 4096).numbers()
        exact = dict(zip(what.members, what.reference(x), strict=True))[member]
        where = Place.of(what, member, x, exact)
        unit = where.unit if kind == "absolute" else torch.finfo(torch.float32).tiny
        for wrong, error in ((0.5, 0.5), (torch.nan, torch.inf)):
            got = exact.float()
            got[77] += wrong * unit
            found = seen(where, got, exact)
            assert (found.ulp.error, getattr(found, kind).x) == (0, where.x[77])
            assert getattr(found, kind).error == pytest.approx(error, rel=1e-3)
        plain = Place.of(subject("mish"), member, x, exact)
        assert seen(plain, got, exact).ulp.error == torch.inf


def test_program(tmp_path):
    few = ["--compiled", "--blocks", "2", "--jobs", "1", "--output", str(tmp_path)]
    main(["elu", "prelu", *few, "--instruction-sets", available()[-1]])
    text = (tmp_path / "accuracy.md").read_text()
    assert "\n## torch.compile\n" in text and "| elu | - |" in text and "{" not in text
    result = json.loads((tmp_path / "accuracy" / "compiled" / "elu.json").read_text())
    measured = result["float32"][available()[-1]]
    assert all(set(members) == set(MEMBERS) for members in measured.values())
    assert all(found["ulp"]["error"] < 10 for found in measured["ours"].values())
