"""The reference that judges values is itself judged, by numeric differentiation in mpmath."""

import pytest
import torch
from accuracy import assert_within, neighbours
from cases import MEMBERS
from nonlin.reference import partials, spacing, ulp_error

pytestmark = pytest.mark.smoke


def points(case) -> torch.Tensor:
    return torch.cat(
        [
            torch.linspace(-12, 12, 49),
            torch.linspace(-105, -12, 24),
            torch.linspace(12, 105, 6),
            *(s * torch.logspace(-44, 0, 12) for s in (1, -1)),
            *(neighbours(r, 3) for member in MEMBERS[1:] for r in case.roots(member)),
        ]
    )


@pytest.mark.parametrize("member", MEMBERS)
def test_reference(case, member):
    """Good to a thousandth of a float32 unit, next to the roots of the slope too."""
    x = points(case)
    got = getattr(case.jet(x), member)
    high, low = case.exact(member, x)
    error = ((got - high) - low).abs()
    if member == "curvature":
        error = (error - 1e-15).clamp(min=0)  # absolute next to a root, as is what it judges
    error /= spacing(high, torch.float32)
    assert_within(1e-3, error, f"{case} {member}", x, got, high, "reference")


@pytest.mark.parametrize("row", partials.values(), ids=lambda row: row.operator)
def test_partial_derivatives(row):
    """The same, with a weight as the second variable."""
    edges = torch.cat([torch.linspace(-105, 105, 12), torch.logspace(-44, 0, 5)])
    for weight in (*row.weights, 3e-5, -41.0):
        x = torch.cat([torch.linspace(-12, 12, 13), edges, -edges])
        if weight:
            x = torch.cat([x, neighbours(-1.2784645427610738 / weight, 3)])
        w = torch.full_like(x, weight)
        for member, got in row.jet(x, w)._asdict().items():
            high, low = row.exact(member, x, w)
            error = ((got - high) - low).abs()
            if member in ("xx", "xw"):
                error -= 1e-15 * (w if member == "xx" else x).double().abs()
            error = error.clamp(min=0) / spacing(high, torch.float32)
            assert_within(1e-3, error, f"{row.operator} {member}", x, got, high, f"w = {weight}")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_units(dtype):
    """The measure itself: neighbours are one unit apart, on both sides of a power of two."""
    info = torch.finfo(dtype)
    below, above = 1 - info.eps / 2, 1 + info.eps
    least = info.tiny * info.eps
    got = torch.tensor([below, 1.0, above, 0.0, least, info.max, torch.inf, torch.nan], dtype=dtype)
    want = [1.0, below, 1.0, least, 0.0, info.max * (1 - info.eps / 2), info.max, torch.nan]
    error = ulp_error(got, torch.tensor(want, dtype=torch.float64))
    assert error[:5].tolist() == [0.5, 1.0, 1.0, 1.0, 1.0]
    assert 0.5 <= error[5] <= 1.0 and error[6] == torch.inf and error[7] == 0
    assert ulp_error(got[:1], torch.tensor([torch.nan], dtype=torch.float64)) == torch.inf
