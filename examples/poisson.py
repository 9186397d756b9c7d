"""A physics-informed network: learn the u with u″ = −π² sin(πx) and u(−1) = u(1) = 0.

The loss contains u″, which is differentiated once more to train: the kernels for value, slope and
curvature work in every step. The solution is sin(πx).
"""

import math

import nonlin
import torch
from torch import Tensor, nn


def second_derivative(u: Tensor, x: Tensor) -> Tensor:
    """Return u″ at every x, itself differentiable."""
    for _ in range(2):
        (u,) = torch.autograd.grad(u.sum(), x, create_graph=True)
    return u


torch.set_num_threads(1)  # tensors this small gain nothing from more
torch.manual_seed(0)
net = nn.Sequential(
    nn.Linear(1, 32), nonlin.nn.Swish(), nn.Linear(32, 32), nonlin.nn.Swish(), nn.Linear(32, 1)
)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.linspace(-1, 1, 128).unsqueeze(1).requires_grad_()
solution = torch.sin(math.pi * x.detach())


def u() -> Tensor:
    """The network, forced to vanish at both ends."""
    return (1 - x * x) * net(x)


for step in range(301):
    optimizer.zero_grad()
    residual = second_derivative(u(), x) + math.pi**2 * solution
    loss = residual.square().mean()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        error = (u() - solution).abs().max().item()
        print(f"step {step}: loss {loss.item():.1e}, largest error of u {error:.1e}")
