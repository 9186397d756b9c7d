"""Derivatives of every order, reverse and forward, and that kernels compute the first two."""

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from device import normal
from rows import DTYPES
from torch.autograd import grad, gradcheck, gradgradcheck
from torch.utils._python_dispatch import TorchDispatchMode

pytestmark = [pytest.mark.smoke, pytest.mark.devices]


def points(requires_grad: bool = True) -> torch.Tensor:
    """Both tails, both sides of 0 and of every root, none of them on a kink."""
    x = torch.tensor([-9.0, -3.1, -1.3, -0.6, -0.2, 0.3, 1.1, 2.6, 7.0], dtype=torch.float64)
    return x.requires_grad_(requires_grad)


def factors(count: int) -> tuple[torch.Tensor, ...]:
    numbers = normal(1, count, *points().shape)
    return tuple(t.clone().requires_grad_() for t in numbers)


class Dispatched(TorchDispatchMode):
    """Names of the operators that reach the dispatcher below autograd."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))

    def ours(self) -> list[str]:
        return [name for name in self.names if name.startswith("nonlin.")]


def test_value_first_order(case):
    assert gradcheck(
        case.forward,
        points(),
        check_forward_ad=True,
        check_backward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
        check_undefined_grad=True,
    )


def test_value_second_order(case):
    assert gradgradcheck(
        case.forward,
        points(),
        check_fwd_over_rev=True,
        check_rev_over_rev=True,
        check_batched_grad=True,
        check_undefined_grad=True,
        gen_non_contig_grad_outputs=True,
    )


@pytest.mark.parametrize("orders", ["first", "second"])
def test_backward(case, orders):
    options = {"check_batched_grad": True, "check_undefined_grad": True}
    inputs = (*factors(1), points())
    if orders == "first":
        options |= {"check_forward_ad": True, "check_batched_forward_grad": True}
        assert gradcheck(case.backward, inputs, **options)
    else:
        assert gradgradcheck(case.backward, inputs, check_fwd_over_rev=True, **options)


@pytest.mark.parametrize("orders", ["first", "second"])
def test_double_backward(case, orders):
    options = {"check_batched_grad": True, "check_undefined_grad": True}
    inputs = (*factors(2), points())
    if orders == "first":
        options |= {"check_forward_ad": True, "check_batched_forward_grad": True}
        assert gradcheck(case.double_backward, inputs, **options)
    else:
        assert gradgradcheck(case.double_backward, inputs, check_fwd_over_rev=True, **options)


@pytest.mark.parametrize("needed", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)], ids=str)
def test_some_inputs_need_no_gradient(operator, needed):
    inputs = [t.detach().requires_grad_(i in needed) for i, t in enumerate((*factors(2), points()))]
    assert gradcheck(operator.double_backward, inputs, check_forward_ad=True)
    assert gradcheck(lambda *t: operator.double_backward(*t)[1], inputs)
    if max(needed) < 2:
        inputs = [
            t.detach().requires_grad_(i in needed) for i, t in enumerate((*factors(1), points()))
        ]
        assert gradcheck(operator.backward, inputs, check_forward_ad=True)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_third_order(case, dtype):
    """Against MPFR; 16-bit types compute it in float32."""
    x = points(False).to(dtype).requires_grad_()
    y = case.forward(x)
    for _ in range(3):
        (y,) = grad(y.sum(), x, create_graph=True)
    assert y.dtype == dtype
    exact = case.third_derivative(x)
    tolerance = {torch.float64: 1e-12, torch.float32: 2e-5}.get(dtype, torch.finfo(dtype).eps)
    torch.testing.assert_close(
        y.detach().cpu().double(), exact, rtol=tolerance, atol=tolerance / 100
    )


def test_fourth_order(case):
    x = points()
    results = []
    for function in (case.forward, case.expression):
        y = function(x)
        for _ in range(4):
            (y,) = grad(y.sum(), x, create_graph=True)
        results.append(y.detach())
    torch.testing.assert_close(*results, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("create_graph", [False, True])
def test_double_backward_is_a_kernel(case, create_graph):
    """A physics-informed loss differentiates u_xx: f″ must come from the kernel then, too."""
    x = points()
    name = f"nonlin.{case.operator}"
    with Dispatched() as seen:
        y = case.forward(x)
        (first,) = grad(y.sum(), x, create_graph=True)
        (second,) = grad(first.sum(), x, create_graph=create_graph)
    assert seen.ours() == [
        f"{name}.default",
        f"{name}_backward.default",
        f"{name}_double_backward.default",
    ]
    # Nothing but these three and the bookkeeping of sum(): no expression stands in for a kernel.
    bookkeeping = ("aten.sum", "aten.ones_like", "aten.expand", "aten.detach", "aten.alias")
    others = [n for n in seen.names if not n.startswith(("nonlin.", *bookkeeping))]
    assert others == []
    assert second.requires_grad == create_graph
    assert torch.equal(second.detach(), case.computed("curvature", x.detach()))


@pytest.mark.parametrize("index", range(2), ids=["grad_output", "self"])
def test_only_the_needed_gradient_is_computed(operator, index):
    inputs = (*factors(1), points())
    y = operator.backward(*inputs)
    with Dispatched() as seen:
        grad(y.sum(), inputs[index])
    kind = ("_backward", "_double_backward")[index]
    assert seen.ours() == [f"nonlin.{operator.operator}{kind}.default"]


def test_forward_mode(case):
    x, t = points(False), torch.randn(9, dtype=torch.float64)
    with forward_ad.dual_level(), Dispatched() as seen:
        y = forward_ad.unpack_dual(case.forward(forward_ad.make_dual(x, t)))
        assert torch.equal(y.primal, case.forward(x))
        torch.testing.assert_close(y.tangent, case.backward(t, x), rtol=0, atol=0)
    assert f"nonlin.{case.operator}_backward.default" in seen.ours()


def test_forward_over_reverse(case):
    t = torch.randn(9, dtype=torch.float64)
    results = []
    for function in (case.forward, case.expression):
        with forward_ad.dual_level():
            x = forward_ad.make_dual(points(False).requires_grad_(), t)
            (g,) = grad(function(x).square().sum(), x, create_graph=True)
            results.append(forward_ad.unpack_dual(g).tangent.detach())
    torch.testing.assert_close(*results)


def test_zero_tensors(operator):
    """Forward AD hands efficient zero tensors to operators."""
    x = points(False)
    zero = torch._efficientzerotensor(x.shape, dtype=x.dtype, device=x.device)
    assert torch.equal(operator.backward(zero, x), torch.zeros_like(x))
    first, second = operator.double_backward(zero, x, x)
    assert not first.any() and not second.any()
    assert torch.equal(operator.forward(zero), torch.zeros_like(x))


def test_node_is_named(operator):
    """AOTAutograd judges nodes by the name of their Python class."""
    camel = "".join(word.capitalize() for word in operator.operator.split("_"))
    x = points()
    y = operator.forward(x)
    g = operator.backward(factors(1)[0], x)
    a, b = operator.double_backward(*factors(2), x)
    expected = (
        (y, f"{camel}Backward"),
        (g, f"{camel}BackwardBackward"),
        (a, f"{camel}DoubleBackwardBackward"),
        (b, f"{camel}DoubleBackwardBackward"),
    )
    for tensor, name in expected:
        assert tensor.grad_fn.name() == name
        assert type(tensor.grad_fn).__name__ == name


def test_a_second_backward_needs_retain_graph(operator):
    x = points()
    y = operator.forward(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_modified_input_is_noticed(operator):
    x = points() * 1
    y = operator.forward(x)
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
