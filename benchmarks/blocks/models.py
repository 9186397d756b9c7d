"""The blocks, each a module that takes the activation."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import nonlin
import torch
from nonlin.testing import catalogue
from torch import Tensor, nn
from torch.nn import functional

Act = Callable[..., Tensor]


class Side(NamedTuple):
    """An activation: a module, and what lets a second tensor through it."""

    act: Act
    gated: Callable[[Tensor, Tensor], Tensor]


class Chain(nn.Module):
    """What surrounds an activation where no matrix product does."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self.act = side.act

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.act(x * 2 + 1) * y


class Gated(nn.Module):
    def __init__(self, side: Side) -> None:
        super().__init__()
        self.gated = side.gated

    def forward(self, gate: Tensor, up: Tensor) -> Tensor:
        return self.gated(gate, up)


class Mlp(nn.Sequential):
    def __init__(self, side: Side, hidden: int) -> None:
        super().__init__(nn.Linear(512, hidden), side.act, nn.Linear(hidden, 512))


class Conv(nn.Module):
    """With batch normalization, and a residual connection."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self.first = nn.Conv2d(32, 32, 3, padding=1)
        self.norm, self.act = nn.BatchNorm2d(32), side.act
        self.last = nn.Conv2d(32, 32, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.last(self.act(self.norm(self.first(x))))


class Attention(nn.Module):
    def __init__(self, width: int, heads: int, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.pack, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (
            t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in self.pack(x).chunk(3, -1)
        )
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.out(y.transpose(1, 2).flatten(2))


class Encoder(nn.Module):
    """As BERT's."""

    def __init__(self, side: Side, width: int = 256) -> None:
        super().__init__()
        self.attention = Attention(width, 4, causal=False)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.act = side.act

    def forward(self, x: Tensor) -> Tensor:
        x = self.norms[0](x + self.attention(x))
        return self.norms[1](x + self.down(self.act(self.up(x))))


class Decoder(nn.Module):
    """As Llama's, without positions."""

    def __init__(self, side: Side, width: int = 256) -> None:
        super().__init__()
        self.attention = Attention(width, 4, causal=True)
        self.norms = nn.ModuleList(nn.RMSNorm(width) for _ in range(2))
        self.gate, self.up = (nn.Linear(width, 3 * width, bias=False) for _ in range(2))
        self.down, self.gated = nn.Linear(3 * width, width, bias=False), side.gated

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norms[0](x))
        z = self.norms[1](x)
        return x + self.down(self.gated(self.gate(z), self.up(z)))


CHAIN = "chain, act(2x + 1)·y"
# Of each block, the activations with which it is measured.
BLOCKS: dict[str, tuple[str, ...]] = {
    CHAIN: (
        *("swish", "gelu", "gelu_tanh", "mish", "elu", "prelu", "relu", "leaky_relu"),
        *("hardswish", "softplus", "sigmoid", "tanh", "glu", "swiglu", "maxout"),
    ),
    "gated, act(a)·b": ("swish", "gelu_tanh"),
    "MLP": ("gelu", "swish", "mish"),
    "conv, batch norm, act, conv": ("swish", "mish", "prelu"),
    "transformer block, as BERT's": ("gelu",),
    "transformer block, as Llama's": ("swish",),
}
GATES = {"swish": "swiglu", "gelu_tanh": "geglu_tanh"}


def sides(name: str) -> dict[str, Side]:
    """Ours and PyTorch's of a row of the catalogue."""
    row, gate = catalogue[name], catalogue.get(GATES.get(name, ""))
    builtin = row.builtin_module()
    ours = gate.function if gate else nonlin.swiglu
    return {
        "ours": Side(row.module(), ours),
        "torch": Side(builtin, lambda gate, up: builtin(gate) * up),
    }


def build(
    block: str, name: str, dtype: torch.dtype, scale: int = 1
) -> tuple[dict[str, nn.Module], list[Tensor]]:
    """The block with either, of the same parameters, and inputs; a larger scale is fewer rows."""
    both = sides(name)
    rows = 1024 // scale
    if block == CHAIN:
        modules = {whose: Chain(side) for whose, side in both.items()}
        shapes = [(rows, 1024), (rows, both["torch"].act(torch.zeros(1, 1024)).shape[1])]
    elif block.startswith("gated"):
        modules, shapes = {w: Gated(s) for w, s in both.items()}, [(rows // 2, 2048)] * 2
    elif block == "MLP":
        hidden = 512 if dtype == torch.bfloat16 else 2048
        modules, shapes = {w: Mlp(s, hidden) for w, s in both.items()}, [(rows // 2, 512)]
    elif block.startswith("conv"):
        modules, shapes = {w: Conv(s) for w, s in both.items()}, [(4, 32, 32, 32)]
    else:
        kind = Encoder if "BERT" in block else Decoder
        modules, shapes = {w: kind(s) for w, s in both.items()}, [(2, 128, 256)]
    modules["ours"].load_state_dict(modules["torch"].state_dict())
    inputs = [torch.randn(shape).to(dtype).requires_grad_() for shape in shapes]
    return {whose: copy.deepcopy(m).to(dtype) for whose, m in modules.items()}, inputs
