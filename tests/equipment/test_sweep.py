"""The sweep: its sample of float32 inputs holds the bounds, and what it measures is right."""

import json
import os
import sys

import pytest
import torch
from development import ROOT
from nonlin.testing import spacing, ulp_error
from nonlin.testing.gated import FACTORS
from parametric_accuracy import BOUNDS as PARAMETRIC_BOUNDS
from rows import BOUNDS, CURVATURE_ABSOLUTE, MEMBERS, OTHER_PARAMETERS
from rows.bounds import MISROUNDED, MISROUNDED_FLOAT16

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("sweep", reason="the tests run beside an installed package, without tools/")
from sweep import inputs, page
from sweep.__main__ import main
from sweep.evaluator import available
from sweep.gated import GatedSubject
from sweep.measure import Judge, Measures, Place, inverse_spacing, see_sample
from sweep.slots import slots, sweep
from sweep.subject import PointwiseSubject, subject, swept

ACCURACY = ROOT / "docs" / "accuracy"


@pytest.fixture(scope="module")
def among():
    with slots(os.cpu_count(), available()) as made:
        yield made


def test_float32_sample(setting, among):
    """About 5 million inputs, on every instruction set as its users start it."""
    what = PointwiseSubject(setting.row, **dict(setting.options))
    roots = [root for member in MEMBERS for root in what.roots(member)]
    measured = sweep(what, inputs.sample(roots, fewer=4), among, builtin=False)
    assert len(measured) == len(available()) * len(MEMBERS)
    for (instruction_set, _, member), found in measured.items():
        bound = setting.bounds(torch.empty(0))[member]
        for kind, most in (("ulp", bound), ("limits", bound), ("absolute", CURVATURE_ABSOLUTE)):
            worst = getattr(found, kind)
            assert worst.error <= most, (
                f"{setting} {member}, float32, {instruction_set}: {worst.error:.4g} at x = "
                f"{worst.x!r}, where {kind} errors up to {most} are allowed"
            )


def test_every_is_every_input():
    plan = inputs.every()
    assert [stretch.start for stretch in plan] == list(range(0, 2**32, inputs.BLOCK))
    assert {stretch[1:] for stretch in plan} == {(1, inputs.BLOCK)}
    last = plan[-1].numbers().view(torch.int32)
    assert torch.equal(last, torch.arange(-inputs.BLOCK, 0, dtype=torch.int32))


@pytest.mark.parametrize("fewer", [1, 4])
def test_sample_has_all_exponents_and_low_digits(fewer):
    plan = inputs.sample([1.5], fewer)
    assert 19e6 < fewer * sum(stretch.count for stretch in plan) < 21e6
    patterns = torch.cat([stretch.numbers() for stretch in plan]).view(torch.int32)
    assert (patterns >> 23).unique().numel() == 512
    assert (patterns & 255).unique().numel() == 256
    assert torch.isin(torch.tensor(1.5).view(torch.int32) + torch.arange(-99, 99), patterns).all()


def place(start: float, member: str = "value", name: str = "mish") -> Place:
    x = inputs.Stretch(inputs.bits(start), 1, 4096).numbers()
    return Place.of(subject(name), member, x)


def seen(where: Place, got: torch.Tensor, exact: torch.Tensor) -> Measures:
    measures, again = Measures(), Measures()
    Judge(where, exact).see(got, measures)
    see_sample(where, got, (exact, torch.zeros_like(exact)), again)
    assert (measures.ulp, measures.absolute) == (again.ulp, again.absolute)
    return measures


@pytest.mark.parametrize("start", [0.3, -2.0, -95.0, 1e-40, 2.0**127])
def test_planted_errors_are_seen(start):
    where = place(start)
    exact = subject("mish").reference(where.x)[0]
    right = exact.float()
    assert seen(where, right, exact).ulp.error <= 0.5
    step = spacing(exact, torch.float32)[1234].item()
    # Where the exact result lies between two numbers, three steps are an error of 2.5 to 3.5.
    for wrong, least, most in (
        (right[1234].item() + 3 * step, 2.5, 3.5),
        (torch.nan, torch.inf, torch.inf),
        (torch.inf, torch.inf, torch.inf),
        (-torch.inf, torch.inf, torch.inf),
        (0.0, exact[1234].abs() / step * 0.99, 2**24),
        (-3e38, 2**23, 1e90),  # in such units a float32 overflows
    ):
        got = right.clone()
        got[1234] = wrong
        worst = seen(where, got, exact).ulp
        assert least <= worst.error <= most, f"{wrong} at {where.x[1234]}: {worst}"
        assert worst.x == where.x[1234], f"{wrong} at {where.x[1234]}: {worst}"


def test_flushed_subnormals_are_seen():
    where = place(-95.0)
    exact = subject("mish").reference(where.x)[0]
    assert exact.abs().max() < torch.finfo(torch.float32).tiny
    assert seen(where, torch.zeros_like(where.x), exact).ulp.error > 1000


def test_limits_are_measured_apart():
    what, x = subject("mish"), torch.tensor([1.0, torch.inf, -torch.inf, torch.nan])
    exact = what.reference(x)[0]
    for index, wrong in ((1, torch.nan), (1, -torch.inf), (2, torch.inf), (3, 0.0), (None, 0.0)):
        got = exact.float()
        if index is not None:
            got[index] = wrong
        found = seen(Place.of(what, "value", x), got, exact)
        assert found.limits.error == (0 if index is None else torch.inf)
        assert found.ulp.error <= 0.5


def test_results_that_overflow():
    where, exact = place(1.0), torch.full((4096,), 1e39, dtype=torch.float64)
    assert seen(where, torch.full((4096,), torch.inf), exact).ulp.error == 0
    assert seen(where, torch.full((4096,), -torch.inf), exact).ulp.error == torch.inf
    assert seen(where, torch.full((4096,), 1e38), exact).ulp.error > 1e6


def test_next_to_roots_errors_are_absolute():
    what = subject("gelu")
    (root, _) = what.roots("curvature")
    where = place(root, "curvature", "gelu")
    exact = what.reference(where.x)[2]
    got = exact.float()
    got[77] += 5 * where.unit
    found = seen(where, got, exact)
    assert found.ulp.error == 0
    assert (round(found.absolute.error), found.absolute.x) == (5, where.x[77])


def test_spacing_by_bits():
    exact = torch.cat([torch.randn(10_000, dtype=torch.float64).mul(s) for s in (1, 1e-39, 1e38)])
    assert torch.equal(1 / inverse_spacing(exact), spacing(exact, torch.float32))


def test_errors_are_ulp_errors():
    x = torch.randn(10_000)
    exact = subject("mish").reference(x)[0]
    judge = Judge(Place(x, None, 1.0, None), exact)
    for got in (exact.float(), exact.float() * (1 + 1e-6), x):
        assert torch.equal(judge.errors(got), ulp_error(got, exact))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_near_ties_are_judged_by_both_terms(dtype):
    one = torch.ones(4, dtype=torch.float64)
    high = one + torch.finfo(dtype).eps / 2
    low = torch.tensor([1e-30, -1e-30, 1e-30, -1e-30], dtype=torch.float64)
    got = torch.tensor([1, 1, 1 + torch.finfo(dtype).eps, 1 + torch.finfo(dtype).eps]).to(dtype)
    measures = Measures()
    see_sample(Place(got, None, 1.0, None), got, (high, low), measures)
    assert measures.misrounded == 2


def test_program(tmp_path, capsys):
    """A few blocks, from the command line to the page; a second run renews only its row."""
    few = ["--blocks", "4", "--float64", "100", "--jobs", "1", "--instruction-sets", "scalar"]
    few += ["--output", str(tmp_path)]
    main(["elu", "parametric_swish", *few])
    before = (tmp_path / "accuracy" / "elu.json").read_text()
    main(["prelu", *few])
    main(["swiglu", *few])
    assert (tmp_path / "accuracy" / "elu.json").read_text() == before
    text = (tmp_path / "accuracy.md").read_text()
    for name in ("elu", "prelu", "parametric_swish", "swiglu"):
        assert f"\n## {name}\n" in text
        assert (tmp_path / "accuracy" / f"{name}.svg").stat().st_size < 150_000
    assert "{" not in text and "## gelu" not in text


def test_page_promises_what_is_tested():
    for dtype, bounds in page.PROMISED.items():
        assert bounds == tuple(BOUNDS[getattr(torch, dtype)].values())
    assert page.ABSOLUTE == CURVATURE_ABSOLUTE
    assert OTHER_PARAMETERS[torch.float32]["value"] == page.OTHERS
    assert page._opening() in (ACCURACY.parent / "accuracy.md").read_text()


def test_all_rows_are_measured():
    missing = {name for name in swept() if not (ACCURACY / f"{name}.json").exists()}
    assert not missing, "run `make sweep` with their names, and commit the pages"


def gated_bounds(what: GatedSubject, dtype: torch.dtype) -> dict[str, float]:
    """Of act, and half a unit for the product; for `up` where something is made of it, too."""
    own = what.row.of_up is not None
    act = tuple({**BOUNDS, **(OTHER_PARAMETERS if own else {})}[dtype].values())
    return {
        member: act[n] + (1 if own and by_up else 0.5) for member, (n, by_up) in FACTORS.items()
    }


@pytest.mark.parametrize("name", swept())
def test_committed_results(name):
    """They are of all inputs where they can be, and within the bounds."""
    result = json.loads((ACCURACY / f"{name}.json").read_text())
    what = subject(name)
    assert result["setting"]["float32 inputs"] >= (2**32 if what.every else 19e6 / what.fewer)
    pointwise = isinstance(what, PointwiseSubject)
    assert f"\n## {name}\n" in (ACCURACY.parent / "accuracy.md").read_text()
    for dtype in page.TYPES:
        bounds = (BOUNDS if pointwise else PARAMETRIC_BOUNDS)[getattr(torch, dtype)]
        if isinstance(what, GatedSubject):
            bounds = gated_bounds(what, getattr(torch, dtype))
        for instruction_set, by in result[dtype].items():
            for member, bound in bounds.items():
                found, where = by["ours"][member], f"{name} {member}, {dtype}, {instruction_set}"
                assert float(found["ulp"]["error"]) <= bound, f"{where}: {found}"
                limits = found.get("limits", {"error": 0, "x": None})
                constant = limits["x"] == "nan" and member != "value" and what.row.straight
                assert constant or float(limits["error"]) <= bound, f"{where}: {found}"
                if dtype in page.PROMISED:  # with fewer bits, the rounding is larger
                    absolute = float(found.get("absolute", {"error": 0})["error"])
                    assert absolute <= CURVATURE_ABSOLUTE, f"{where}: {found}"
                if pointwise and member != "curvature" and dtype in ("bfloat16", "float16"):
                    most = {"bfloat16": 0, "float16": MISROUNDED_FLOAT16}[dtype]
                    most = MISROUNDED.get((name, member, getattr(torch, dtype)), most)
                    assert found["misrounded"] <= most, f"{where}: {found}"
