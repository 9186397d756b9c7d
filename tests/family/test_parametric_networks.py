"""Networks whose activations learn: gradients of each sample, ensembles, training."""

import pytest
import torch
from rows import make_weight
from torch.func import functional_call, grad, vmap
from transforms import agree, random

pytestmark = pytest.mark.devices
each_weight = pytest.mark.parametrize("weight", ["scalar", "single", "channels"])


class Network(torch.nn.Module):
    def __init__(self, activation, weight: str) -> None:
        super().__init__()
        self.activation, self.first = activation, torch.nn.Linear(4, 3).double()
        self.last = torch.nn.Linear(3, 1).double()
        self.weight = torch.nn.Parameter(make_weight(weight, 3))

    def forward(self, z):
        return self.last(self.activation(self.first(z), self.weight, -1))


@pytest.mark.usefixtures("without_vmap_fallback")
@each_weight
def test_gradients_of_each_sample(parametric, weight):
    """Of all parameters of a small network, as differential privacy asks for."""
    net = Network(parametric.forward, weight)
    other = Network(parametric.expression, weight)
    other.load_state_dict(net.state_dict())
    inputs, targets = random(6, 4), random(6, 1)

    def gradients(network):
        def error(parameters, z, y):
            return ((functional_call(network, parameters, (z,)) - y) ** 2).sum()

        parameters = {name: p.detach() for name, p in network.named_parameters()}
        return vmap(grad(error), (None, 0, 0))(parameters, inputs, targets)

    agree(gradients(net), gradients(other))
    assert gradients(net)["weight"].shape == (6, *net.weight.shape)


@pytest.mark.usefixtures("without_vmap_fallback")
@each_weight
def test_ensembles(parametric, weight):
    """Several networks at once: weights batched, with and without the input."""
    networks = [Network(parametric.forward, weight) for _ in range(3)]
    states = [dict(network.named_parameters()) for network in networks]
    stacked = {name: torch.stack([s[name].detach() for s in states]) for name in states[0]}
    one, other = networks[0], Network(parametric.expression, weight)
    inputs = random(3, 5, 4)
    for in_dims, z in (((0, None), inputs[0]), ((0, 0), inputs)):
        ours, theirs = (
            vmap(lambda p, z: functional_call(network, p, (z,)), in_dims)(stacked, z)  # noqa: B023
            for network in (one, other)
        )
        agree(ours, theirs)


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
