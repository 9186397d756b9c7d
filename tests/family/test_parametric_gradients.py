"""Derivatives with respect to input and weight: every order, reverse and forward, from kernels."""

import itertools

import pytest
import torch
from device import normal
from rows import DTYPES, WEIGHTS, weight_leaf, weight_of
from torch.autograd import grad, gradcheck, gradgradcheck
from torch.utils._python_dispatch import TorchDispatchMode

pytestmark = [pytest.mark.smoke, pytest.mark.devices]
each_weight = pytest.mark.parametrize("weight", WEIGHTS)

FIRST = {
    "check_forward_ad": True,
    "check_backward_ad": True,
    "check_batched_grad": True,
    "check_batched_forward_grad": True,
    "check_undefined_grad": True,
}
SECOND = {
    "check_fwd_over_rev": True,
    "check_rev_over_rev": True,
    "check_batched_grad": True,
    "check_undefined_grad": True,
    "gen_non_contig_grad_outputs": True,
}


def points() -> torch.Tensor:
    """Two rows of three channels, both signs in each channel, none of them at 0."""
    x = torch.tensor([[-3.1, 1.3, -0.2], [0.4, -0.9, 2.6]], dtype=torch.float64)
    return x.requires_grad_()


def factors(like: torch.Tensor, count: int) -> tuple[torch.Tensor, ...]:
    return tuple(t.clone().requires_grad_() for t in normal(1, count, *like.shape))


def arguments(count: int, weight: str = "channels") -> tuple[torch.Tensor, ...]:
    """The last `count` tensors of a double backward: u, v, g, x and the leaf of w."""
    x, leaf = points(), weight_leaf(weight, 3).requires_grad_()
    u, g = factors(x, 2)
    v = factors(weight_of(leaf, weight, 3), 1)[0]
    return (u, v, g, x, leaf)[5 - count :]


class Dispatched(TorchDispatchMode):
    """Names of the operators that reach the dispatcher below autograd, and masks of outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.masks: list[list[bool]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(str(func))
        for i, argument in enumerate(func._schema.arguments):
            if argument.name == "output_mask":
                self.masks.append(list(args[i] if i < len(args) else argument.default_value))
        return func(*args, **(kwargs or {}))

    def ours(self) -> list[str]:
        return [name for name in self.names if name.startswith("nonlin.")]


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 2), (3, 4), (3,), ()], ids=str)
@each_weight
def test_value(parametric, weight, shape):
    """The channels are the dimension of three entries, and all of a single weight."""
    x = factors(torch.empty(shape), 1)[0]
    channels = 3 if 3 in shape else 1
    dim = shape.index(3) if 3 in shape else 1
    leaf = weight_leaf(weight, channels).requires_grad_()

    def f(x, leaf):
        return parametric.forward(x, weight_of(leaf, weight, channels), dim)

    assert gradcheck(f, (x, leaf), **FIRST)
    assert gradgradcheck(f, (x, leaf), **SECOND)


@each_weight
def test_backward(parametric, weight):
    def f(g, x, leaf):
        return parametric.backward(g, x, weight_of(leaf, weight, 3))

    inputs = arguments(3, weight)
    assert gradcheck(f, inputs, **FIRST)
    assert gradgradcheck(f, inputs, **SECOND)


@pytest.mark.parametrize("weight", ["scalar", "channels"])
def test_double_backward(parametric, weight):
    def f(u, v, g, x, leaf):
        return parametric.double_backward(u, v, g, x, weight_of(leaf, weight, 3))

    inputs = arguments(5, weight)
    assert gradcheck(f, inputs, **FIRST)
    assert gradgradcheck(f, inputs, **SECOND)


@pytest.mark.parametrize("needed", [(0,), (1,)], ids=["self", "weight"])
def test_one_input_needs_no_gradient(parametric, needed):
    inputs = [t.detach().requires_grad_(i in needed) for i, t in enumerate(arguments(2))]
    assert gradcheck(parametric.forward, inputs, **FIRST)
    assert gradgradcheck(parametric.forward, inputs, **SECOND)


SUBSETS = [s for n in (1, 2, 4) for s in itertools.combinations(range(5), n)]
MASKS = list(itertools.product((False, True), repeat=3))


@pytest.mark.parametrize("needed", SUBSETS, ids=str)
def test_some_inputs_need_no_gradient(parametric, needed):
    inputs = [t.detach().requires_grad_(i in needed) for i, t in enumerate(arguments(5))]
    # grad_grad_output is linear in grad_output's companions, not a function of it.
    outputs = slice(1 if needed == (2,) else 0, 3)
    assert gradcheck(
        lambda *t: parametric.double_backward(*t)[outputs], inputs, check_forward_ad=True
    )


@pytest.mark.parametrize("mask", MASKS, ids=str)
def test_output_mask(parametric, mask):
    """What is masked out is None, the rest is as ever, and so are its derivatives."""
    u, v, g, x, w = arguments(5)
    for f, inputs, chosen in (
        (parametric.backward, (g, x, w), mask[:2]),
        (parametric.double_backward, (u, v, g, x, w), mask),
    ):
        got, whole = f(*inputs, 1, chosen), f(*inputs)
        for a, b, wanted in zip(got, whole, chosen, strict=True):
            assert (a is not None) == wanted
            assert not wanted or torch.equal(a, b)
        kept = [i for i, wanted in enumerate(chosen) if wanted]
        if kept:
            pairs = [[o[i] for i in kept] for o in (got, whole)]
            ours, theirs = (
                grad(o, inputs, [t.detach() for t in o], allow_unused=True) for o in pairs
            )
            torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def test_absent_gradients(parametric):
    """grad_grad_self and grad_grad_weight may be None, which is zero."""
    u, v, g, x, w = (t.detach() for t in arguments(5))
    zero = torch.zeros_like
    for absent, there in (((None, v), (zero(u), v)), ((u, None), (u, zero(v)))):
        got = parametric.double_backward(*absent, g, x, w)
        want = parametric.double_backward(*there, g, x, w)
        torch.testing.assert_close(got, want, rtol=0, atol=0)
    only, *rest = parametric.double_backward(u, v, None, x, w, 1, (True, False, False))
    assert torch.equal(only, parametric.double_backward(u, v, g, x, w)[0]) and rest == [None, None]


@pytest.mark.parametrize("needed", [(0,), (1,), (0, 1)], ids=["self", "weight", "both"])
def test_only_the_needed_gradient_is_computed(parametric, needed):
    inputs = [t.detach().requires_grad_(i in needed) for i, t in enumerate(arguments(2))]
    with Dispatched() as seen:
        parametric.forward(*inputs).sum().backward()
    assert seen.masks == [[i in needed for i in range(2)]]
    inputs = arguments(2)
    y = parametric.forward(*inputs)
    with Dispatched() as seen:
        grad(y.sum(), [inputs[i] for i in needed])
    assert seen.masks == [[i in needed for i in range(2)]]


@pytest.mark.parametrize("needed", range(3), ids=["grad_output", "self", "weight"])
def test_only_the_needed_second_gradient_is_computed(parametric, needed):
    u, v, *inputs = arguments(5)
    outputs = parametric.backward(*inputs)
    with Dispatched() as seen:
        grad(outputs, inputs[needed], (u.detach(), v.detach()))
    assert seen.ours() == [f"nonlin.{parametric}_double_backward.default"]
    assert seen.masks == [[i == needed for i in range(3)]]


@pytest.mark.parametrize("create_graph", [False, True])
def test_double_backward_is_a_kernel(parametric, create_graph):
    u, v, g, x, w = arguments(5)
    u, v, g = (t.detach() for t in (u, v, g))
    with Dispatched() as seen:
        y = parametric.forward(x, w)
        first = grad(y, (x, w), g, create_graph=True)
        second = grad(first, (x, w), (u, v), create_graph=create_graph)
    name = f"nonlin.{parametric}"
    kinds = ("", "_backward", "_double_backward")
    assert seen.ours() == [f"{name}{kind}.default" for kind in kinds]
    # No expression stands in for a kernel.
    assert [n for n in seen.names if not n.startswith(("nonlin.", "aten.detach"))] == []
    assert [t.requires_grad for t in second] == [create_graph] * 2
    want = parametric.double_backward(u, v, g, x.detach(), w.detach())[1:]
    torch.testing.assert_close([t.detach() for t in second], list(want), rtol=0, atol=0)


def derivative(f, x, w, order: int) -> tuple[torch.Tensor, ...]:
    """Gradients of sums of squares of gradients."""
    y = f(x, w)
    for _ in range(order):
        first = grad(y.square().sum() / 8, (x, w), create_graph=True)
        y = torch.cat([t.flatten() for t in first])
    return tuple(t.detach() for t in first)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@each_weight
def test_orders(parametric, weight, order):
    x, leaf = arguments(2, weight)
    ours, theirs = (
        derivative(lambda x, leaf: f(x, weight_of(leaf, weight, 3)), x, leaf, order)  # noqa: B023
        for f in (parametric.forward, parametric.expression)
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES[1:], ids=str)
def test_orders_of_types(parametric, dtype):
    """Of the tensors' own type, as good as its rounding of each order."""
    x, w = (t.detach().to(dtype) for t in arguments(2))
    wide = (x.double().requires_grad_(), w.double().requires_grad_())
    x, w = x.requires_grad_(), w.requires_grad_()
    for order in (1, 2, 3):
        ours = derivative(parametric.forward, x, w, order)
        assert {t.dtype for t in ours} == {dtype}
        theirs = derivative(parametric.expression, *wide, order)
        tolerance = 2.0**order * 8 * torch.finfo(dtype).eps
        for a, b in zip(ours, theirs, strict=True):
            torch.testing.assert_close(a.double(), b, rtol=tolerance, atol=tolerance)
