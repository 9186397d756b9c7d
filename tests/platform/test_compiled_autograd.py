"""Backward passes recorded as graphs and compiled: compiled autograd."""

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import agree, compile_backward
from torch.autograd import grad

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
def test_compiled_autograd(case, dynamic):
    x, w = torch.randn(4, 6), torch.randn(6)

    def run():
        leaves = [t.clone().requires_grad_() for t in (x, w)]
        case.forward(leaves[0] * leaves[1]).square().sum().backward()
        return [t.grad for t in leaves]

    def twice():
        leaf = x.clone().requires_grad_()
        (first,) = grad(case.forward(leaf).square().sum(), leaf, create_graph=True)
        first.square().sum().backward()
        return [leaf.grad]

    for f in (run, twice):
        want = f()
        with compile_backward("aot_eager", dynamic):
            got = f()
        agree(got, want)


def test_compiled_autograd_knows_parameters():
    """Values of beta are part of the compiled graph: one does not stand for another."""
    for beta in (1.5, 1.5, 2.5):
        x = torch.randn(3, requires_grad=True)
        with compile_backward("eager"):
            nonlin.swish(x, beta).sum().backward()
        assert same_bits(x.grad, torch.ops.nonlin.swish_backward(torch.ones(3), x.detach(), beta))


def test_compiled_autograd_around_a_step(operator):
    x, w = torch.randn(4, 6), torch.randn(6, requires_grad=True)

    def step():
        loss = operator.forward(x * w).square().sum()
        loss.backward()
        return loss

    with torch._dynamo.config.patch(compiled_autograd=True):
        torch.compile(step, backend="aot_eager")()
    got, w.grad = w.grad, None
    step()
    agree(got, w.grad)
