"""That autograd and compilers make of each formula what its derivatives are."""

from collections.abc import Callable

import pytest
import torch
from accuracy import float32_points, smooth_points, special
from device import here
from rows import MEMBERS
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.func import grad as func_grad


def differentiated(f: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return func_grad(lambda t: f(t).sum())


@pytest.mark.smoke
@pytest.mark.devices
def test_gradients(setting):
    """Against finite differences, twice."""
    if setting.has_surrogate_slope:
        pytest.skip("the slope is not that of the value, by definition")
    x = here(smooth_points(setting)).requires_grad_()
    assert gradcheck(setting.forward, x, check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(setting.forward, x, check_fwd_over_rev=True, check_batched_grad=True)


@pytest.mark.devices
def test_gradients_of_the_textbook(setting):
    """What tests of transforms compare with has the same derivatives."""
    x = here(smooth_points(setting))
    for member, exact in setting.jet(x)._asdict().items():
        f = setting.expression
        for _ in range(MEMBERS.index(member)):
            f = differentiated(f)
        got = f(x).cpu()
        torch.testing.assert_close(got, exact, rtol=1e-9, atol=1e-12)


@pytest.mark.usefixtures("fresh_compiler")
def test_compiled(setting):
    """Tracing and functionalization leave value, slope and curvature what they are, bit for bit."""
    x = torch.cat([float32_points(setting)[::4096], special(torch.float32)])
    x = x[~x.isnan()]

    def jet(x: Tensor) -> tuple[Tensor, ...]:
        slope = differentiated(setting.forward)
        return setting.forward(x), slope(x), differentiated(slope)(x)

    compiled = torch.compile(jet, fullgraph=True, backend="aot_eager")(x)
    for member, got in zip(setting.MEMBERS, compiled, strict=True):
        want = setting.computed(member, x)
        assert torch.equal(got, want), f"{setting} {member}: compiled, it is another"
