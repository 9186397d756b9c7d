"""Backward passes recorded as graphs and compiled: compiled autograd."""

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import agree, compile_backward, functional, given
from rows import ALL, make_weight
from torch.autograd import grad

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]

x, w, scale = torch.randn(4, 6), make_weight("channels", 6, torch.float32), torch.randn(6)


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
def test_compiled_autograd(activation, dynamic):
    f, tensors = functional(activation), given(activation, x, w)

    def leaves(*chosen):
        return [t.clone().requires_grad_() for t in chosen]

    def once():
        (x, *weights), (s,) = leaves(*tensors), leaves(scale)
        f(x * s, *weights).square().sum().backward()
        return [t.grad for t in (x, s, *weights)]

    def twice():
        given = leaves(*tensors)
        first = grad((f(*given) ** 3).sum(), given, create_graph=True)
        sum(t.square().sum() for t in first).backward()
        return [t.grad for t in given]

    def in_place():
        given = leaves(*tensors)
        activation.inplace(given[0] * 1, *given[1:]).square().sum().backward()
        return [t.grad for t in given]

    def weights_alone():
        given = leaves(*tensors[1:])
        f(x, *given).square().sum().backward()
        return [t.grad for t in given]

    programs = [once, twice]
    programs += [in_place] * activation.has_inplace + [weights_alone] * (len(tensors) > 1)
    for program in programs:
        want = program()
        with compile_backward("aot_eager", dynamic):
            got = program()
        agree(got, want)


def test_parameters_are_part_of_the_graph():
    """One beta does not stand for another."""
    for beta in (1.5, 1.5, 2.5):
        x = torch.randn(3, requires_grad=True)
        with compile_backward("eager"):
            nonlin.swish(x, beta).sum().backward()
        assert same_bits(x.grad, torch.ops.nonlin.swish_backward(torch.ones(3), x.detach(), beta))


def test_around_a_step(activation):
    leaf = scale.clone().requires_grad_()

    def step():
        loss = functional(activation)(*given(activation, x * leaf, w)).square().sum()
        loss.backward()
        return loss

    with torch._dynamo.config.patch(compiled_autograd=True):
        torch.compile(step, backend="aot_eager")()
    got, leaf.grad = leaf.grad, None
    step()
    agree(got, leaf.grad)


def test_by_inductor():
    """Every operator in one step, forward and backward both by its default backend."""
    tensors = [[t.clone().requires_grad_() for t in given(row, x, w)] for row in ALL]

    def step():
        results = [functional(row)(*own) for row, own in zip(ALL, tensors, strict=True)]
        loss = sum(result.square().sum() for result in results)
        loss.backward()
        return loss

    step()
    want = [t.grad for own in tensors for t in own]
    for t in (t for own in tensors for t in own):
        t.grad = None
    with torch._dynamo.config.patch(compiled_autograd=True):
        torch.compile(step)()
    agree([t.grad for own in tensors for t in own], want)
