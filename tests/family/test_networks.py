"""Small networks: gradients of each sample, ensembles, and weights that are learned."""

import pytest
import torch
from rows import Row, make_weight
from torch.func import functional_call, grad, vmap
from transforms import agree, random

pytestmark = [pytest.mark.devices, pytest.mark.usefixtures("without_vmap_fallback")]
# The activations of a layer of six: groups of two, two layers, halves, or a weight of each kind.
NUMBERS = {"groupwise": (2, -1), "parametric": (-1,)}
LAYERS = {"gated": 2}
HALVING = ("groupwise", "packed")
KINDS = ("scalar", "single", "channels")


class Network(torch.nn.Module):
    def __init__(self, row: Row, f, kind: str) -> None:
        super().__init__()
        family = type(row).__name__.removesuffix("Row").lower()
        self.f, self.numbers = f, NUMBERS.get(family, ())
        layers = [torch.nn.Linear(4, 6).double() for _ in range(LAYERS.get(family, 1))]
        self.first = torch.nn.ModuleList(layers)
        self.last = torch.nn.Linear(3 if family in HALVING else 6, 1).double()
        weights = [make_weight(kind, 6)] if family == "parametric" else []
        self.weights = torch.nn.ParameterList(weights)

    def forward(self, z):
        inputs = [layer(z) for layer in self.first]
        return self.last(self.f(*inputs, *self.weights, *self.numbers))


def networks(row: Row, kind: str) -> tuple[Network, Network]:
    ours, theirs = (Network(row, f, kind) for f in (row.forward, row.expression))
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def kinds(row: Row) -> tuple[str, ...]:
    return KINDS if "weight" in row.TENSORS else KINDS[:1]


def test_gradients_of_each_sample(activation):
    """Of all parameters, as differential privacy asks for."""
    inputs, targets = random(7, 4), random(7, 1)

    def gradients(network):
        def error(parameters, z, y):
            return ((functional_call(network, parameters, (z,)) - y) ** 2).sum()

        parameters = {name: p.detach() for name, p in network.named_parameters()}
        return vmap(grad(error), (None, 0, 0))(parameters, inputs, targets)

    for kind in kinds(activation):
        ours, theirs = networks(activation, kind)
        got = gradients(ours)
        agree(got, gradients(theirs), kind)
        assert {n: (7, *p.shape) for n, p in ours.named_parameters()} == {
            n: g.shape for n, g in got.items()
        }


def test_ensembles(activation):
    """Several networks at once, with an input for each and one for all."""
    for kind in kinds(activation):
        ours, theirs = networks(activation, kind)
        stacked = {n: torch.stack((p, 2 * p, -p)).detach() for n, p in ours.named_parameters()}

        def run(network, in_dims, z, states=stacked):
            return vmap(lambda s, z: functional_call(network, s, (z,)), in_dims)(states, z)

        inputs = random(3, 5, 4)
        for in_dims, z in (((0, None), inputs[0]), ((0, 0), inputs)):
            agree(run(ours, in_dims, z), run(theirs, in_dims, z), kind)


def test_a_network_learns_its_weight(parametric):
    """By gradient descent on the weight alone."""
    x = torch.randn(64, 3)
    target = parametric.forward(x, torch.tensor([0.1, 0.5, -0.4]))
    w = torch.full((3,), 0.25, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        (parametric.forward(x, w) - target).square().mean().backward()
        optimizer.step()
    torch.testing.assert_close(w.detach(), torch.tensor([0.1, 0.5, -0.4]), rtol=0, atol=0.01)
