"""Activations of one's own: two headers become functions and modules, which a network trains.

The first call compiles them, which takes seconds; what was compiled stays in a cache folder.
"""

import time
from pathlib import Path

import nonlin
import torch
from torch.autograd import gradcheck, gradgradcheck

here = Path(__file__).parent
torch.set_num_threads(1)  # tensors this small gain nothing from more
torch.manual_seed(0)

start = time.perf_counter()
soft_sign = nonlin.load_activation(here / "soft_sign.h")
gaussian_gate = nonlin.load_activation(here / "gaussian_gate.h")
print(f"loaded in {time.perf_counter() - start:.1f} s")

# Slope and curvature are what the headers say. These find out whether they are right.
x = torch.randn(9, dtype=torch.float64, requires_grad=True)
width = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
for function, tensors in ((soft_sign.function, (x,)), (gaussian_gate.function, (x, width))):
    assert gradcheck(function, tensors, check_forward_ad=True)
    assert gradgradcheck(function, tensors, check_fwd_over_rev=True)

# A wave, learned by a network that chooses how wide its gates are.
inputs = torch.linspace(-3, 3, 200).unsqueeze(1)
target = torch.sin(3 * inputs)
net = torch.nn.Sequential(
    torch.nn.Linear(1, 32),
    gaussian_gate.module(num_parameters=32),
    torch.nn.Linear(32, 32),
    soft_sign.module(sharpness=0.5),
    torch.nn.Linear(32, 1),
)
print(net)
compiled = torch.compile(net, backend="aot_eager")  # Inductor takes longer to compile than to train
optimizer = torch.optim.Adam(net.parameters(), 0.01)
for _ in range(400):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(compiled(inputs), target)
    loss.backward()
    optimizer.step()
print(f"mean squared error {loss.item():.1e}")
