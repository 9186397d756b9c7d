"""What PyTorch's own activations do today where ours differ on purpose, with PyTorch's issue.

These tests describe PyTorch and not this package. One that fails tells that PyTorch has changed:
then docs/deviations.md and this file should say since which version.
"""

import nonlin
import pytest
import torch
import torch.nn.functional as F
from nonlin.testing import catalogue, ulp_error
from nonlin.testing.roots import roots_of_slope
from torch.autograd import grad

inf, nan = torch.inf, torch.nan


def tensor(*values: float, length: int = 64, dtype=torch.float32) -> torch.Tensor:
    """Long enough for a vectorised kernel."""
    return torch.tensor(values, dtype=dtype).repeat(length)


def slope(f, x: torch.Tensor) -> torch.Tensor:
    x = x.clone().requires_grad_()
    return grad(f(x).sum(), x)[0]


def gelu_tanh(x: torch.Tensor) -> torch.Tensor:
    return F.gelu(x, approximate="tanh")


@pytest.mark.parametrize("f", [F.gelu, gelu_tanh, F.silu, F.mish], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_minus_infinity_is_nan(f, dtype):
    """pytorch#160876 for silu, pytorch#185770 for gelu: −∞ · 0 where the limit is −0."""
    assert f(tensor(-inf, dtype=dtype)).isnan().all()
    assert slope(f, tensor(-inf, inf, dtype=dtype)).isnan().all()
    for ours in (nonlin.gelu, nonlin.silu, nonlin.mish):
        assert not ours(tensor(-inf, dtype=dtype)).any()


def test_the_tail_of_gelu_is_lost():
    """pytorch#187806: 1 + erf cancels: nothing is left at −6, and −5 is some per cent off."""
    assert F.gelu(tensor(-6.0)).eq(0).all()
    assert abs(F.gelu(tensor(-5.0))[0].item() / -1.43326e-6 - 1) > 0.02
    assert nonlin.gelu(tensor(-6.0))[0].item() == pytest.approx(-5.9195e-9, rel=1e-4)
    assert nonlin.gelu(tensor(-5.0))[0].item() == pytest.approx(-1.43326e-6, rel=1e-4)
    # In float64 the same happens further out.
    far = tensor(-9.0, dtype=torch.float64)
    assert F.gelu(far).eq(0).all() and nonlin.gelu(far)[0].item() == pytest.approx(
        -1.0157e-18, rel=1e-3
    )


def test_the_slope_of_gelu_tanh_is_nan_for_large_numbers():
    """The square of x overflows in its backward."""
    large = tensor(1e30, -1e30)
    assert slope(gelu_tanh, large).isnan().all()
    ours = slope(lambda x: nonlin.gelu(x, "tanh"), large)
    assert ours[::2].eq(1).all() and ours[1::2].eq(0).all()


def test_the_tail_of_silu_is_lost():
    """e⁻ˣ overflows below −88.7, where the function is still −2.7e-37."""
    assert F.silu(tensor(-90.0)).eq(0).all()
    assert nonlin.silu(tensor(-90.0))[0].item() == pytest.approx(-7.3746e-38, rel=1e-4)


def test_nan_depends_on_the_length():
    """pytorch#195075: the gradient of elu at NaN is 1 in a short tensor and NaN in a long one."""
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("needs a vectorised kernel")
    for f in (F.elu, F.celu):
        assert slope(f, tensor(nan, length=1)).item() == 1
        assert slope(f, tensor(nan, length=64)).isnan().all()
    for ours in (nonlin.elu, nonlin.celu):
        assert slope(ours, tensor(nan, length=1)).isnan().all()
        assert slope(ours, tensor(nan, length=64)).isnan().all()


def test_derivatives_are_inexact_next_to_their_roots():
    """Absolute errors of 1e-7 or so: no digit is right where the slope passes through zero."""
    for name, f in {"gelu": F.gelu, "swish": F.silu, "mish": F.mish}.items():
        row = catalogue[name]
        root = torch.tensor(roots_of_slope(row.definition, row.arguments())[0][0])
        x = (root.view(torch.int32) + torch.arange(-64, 65, dtype=torch.int32)).view(torch.float32)
        exact = row.jet(x).slope
        theirs = ulp_error(slope(f, x), exact).max()
        ours = ulp_error(slope(row.function, x), exact).max()
        assert ours <= 8 and theirs > 1e4, f"{name}: {ours} and {theirs} ULP"


def test_elu_refuses_an_in_place_gradient_for_negative_alpha():
    """pytorch#47671: it is derived from the result; ours keeps the input."""
    x = torch.randn(5, requires_grad=True)
    y = F.elu(x * 1, alpha=-0.5, inplace=True)
    with pytest.raises(RuntimeError, match="negative"):
        y.sum().backward()
    nonlin.elu(x * 1, alpha=-0.5, inplace=True).sum().backward()


def test_prelu_has_two_slopes_at_zero():
    """Its backward takes the branch x ≤ 0 there, the derivative of its backward x ≥ 0."""
    for prelu, slopes in ((F.prelu, (0.25, 1.0)), (nonlin.prelu, (0.25, 0.25))):
        x, g = (torch.full((3,), value, requires_grad=True) for value in (0.0, 1.0))
        first = grad(prelu(x, torch.tensor([0.25])), x, g, create_graph=True)[0]
        second = grad(first.sum(), g)[0]
        assert (first[0].item(), second[0].item()) == slopes, prelu


def test_a_tangent_without_batch_cannot_take_a_batched_one():
    """Forward mode writes tangents in place: under vmap both must be batched."""

    def in_place(z):
        return F.silu(z.clone(), inplace=True)

    with pytest.raises(RuntimeError, match="vmap: inplace arithmetic"):
        torch.func.vmap(lambda z: torch.func.jvp(in_place, (z,), (torch.ones(3),)))(
            torch.ones(2, 3)
        )


def test_custom_function_cannot_be_transformed():
    """Why there is a hand-written node: an autograd Function without rules refuses torch.func."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    with pytest.raises(RuntimeError, match=r"functorch|setup_context"):
        torch.func.grad(lambda x: Square.apply(x))(torch.tensor(1.0))
