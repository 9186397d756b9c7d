"""Newton's method with exact Hessians: torch.func through our operators, batched by vmap.

A small network with a Mish layer defines a landscape over the plane. Every point of a batch walks
from its own start to a minimum near it, all of them in one call.
"""

import nonlin
import torch
from torch import Tensor
from torch.func import grad, hessian, vmap

torch.set_num_threads(1)  # tensors this small gain nothing from more
torch.manual_seed(0)
INNER = torch.randn(16, 2, dtype=torch.float64)
OUTER = torch.rand(16, dtype=torch.float64)


def landscape(x: Tensor) -> Tensor:
    """Height at one point: a sum of valleys, and a bowl that keeps minima near the origin."""
    return nonlin.mish(INNER @ x) @ OUTER + x @ x / 2


def newton_step(x: Tensor) -> Tensor:
    """Jump to the minimum of the parabola that touches the landscape at x."""
    return x - torch.linalg.solve(hessian(landscape)(x), grad(landscape)(x))


points = torch.randn(5, 2, dtype=torch.float64) / 4
for step in range(6):
    steepest = vmap(grad(landscape))(points).norm(dim=1).max().item()
    print(f"step {step}: largest slope {steepest:.1e}")
    points = vmap(newton_step)(points)
