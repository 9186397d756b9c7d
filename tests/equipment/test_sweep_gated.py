"""The sweep of gated activations: gates beside ups, and what their errors are measured in."""

import sys

import pytest
import torch
from development import ROOT
from nonlin.testing import ulp_error

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("sweep", reason="the tests run beside an installed package, without tools/")
from sweep.gated import UPS, GatedSubject
from sweep.measure import Judge, Measures, Place, see_sample
from sweep.subject import subject


def test_a_gate_is_judged_in_units_of_its_activation():
    """Which may be subnormal where the product with a large `up` is none."""
    what, x = GatedSubject(subject("swiglu").row, up=-3e4), torch.full((64,), 6.845e-42)
    exact = what.reference(x)[0]
    got = (exact + 3e4 * 2.0**-149).float()
    assert ulp_error(got, exact).min() > 1000
    where, found = Place.of(what, "value", x), Measures()
    Judge(where, exact).see(got, found)
    see_sample(where, got, (exact, torch.zeros_like(exact)), found)
    assert 0.9 < found.ulp.error < 1.1
    got[7] = torch.nan
    Judge(where, exact).see(got, found)
    assert found.ulp.error == torch.inf


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_gates_meet_every_up(dtype):
    """By their bits, so that parts of a sample do not matter; the reference is of these pairs."""
    what, x = subject("glu"), torch.linspace(-9, 9, 1000, dtype=dtype)
    up = what.factors(x)
    assert set(up.tolist()) == set(torch.tensor(UPS, dtype=dtype).tolist())
    assert torch.equal(what.factors(x[500:]), up[500:])
    wide = torch.sigmoid(x.double()) * up.double()
    torch.testing.assert_close(what.reference(x)[0], wide)
    for got, other in zip(what.ours(x), what.builtin(x), strict=True):
        torch.testing.assert_close(got, other, rtol=0.05, atol=0.05 * float(up.abs().max()))
    assert [v.options["up"] for v in what.variants(torch.float16)] == list(UPS)
