"""A small Llama learns Python's own help texts: PyTorch's expression, torch.compile, and ours.

The three differ in the activation of their feed-forward blocks alone. They start from the same
weights, see the same batches in turn, and must have the same losses. The text comes with Python.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics
from typing import NamedTuple

import nonlin
import torch
from figures import BLUE, DARK, GREY, ORANGE
from matplotlib.figure import Figure
from nonlin.testing.memory import saved_by, storages
from nonlin.testing.progress import progress
from nonlin.testing.table import Column, render
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HIDDEN, HEADS, LAYERS = 128, 512, 4, 2
BATCH, LENGTH = 8, 64
CLOSE = 1e-3  # relative: differences in the last digits grow from step to step
COLORS = {"eager": GREY, "compiled": ORANGE, "nonlin": BLUE}


class Expression(nn.Module):
    """The feed-forward block as it is written without nonlin; its weights have the same names."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.gate_up_proj = nn.Linear(width, 2 * hidden, bias=False)
        self.down_proj = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        return self.down_proj(functional.silu(gate) * up)


class Attention(nn.Module):
    """Causal, with rotary positions."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv_proj = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.o_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        size = WIDTH // HEADS
        frequencies = 10_000 ** (-torch.arange(0, size, 2) / size)
        angles = torch.outer(torch.arange(LENGTH), frequencies)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def rotated(self, x: Tensor) -> Tensor:
        a, b = x.chunk(2, dim=-1)
        return torch.cat((a * self.cos - b * self.sin, b * self.cos + a * self.sin), dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        heads = self.qkv_proj(x).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        q, k, v = heads.unbind()
        y = functional.scaled_dot_product_attention(
            self.rotated(q), self.rotated(k), v, is_causal=True
        )
        return self.o_proj(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """Attention and feed-forward block, each behind a norm and beside a residual connection."""

    def __init__(self, mlp: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(WIDTH, eps=1e-6)
        self.self_attn = Attention()
        self.post_attention_layernorm = nn.RMSNorm(WIDTH, eps=1e-6)
        self.mlp = mlp(WIDTH, HIDDEN)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    """The loss of predicting each byte from those before it."""

    def __init__(self, mlp: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(256, WIDTH)
        self.layers = nn.Sequential(*(Block(mlp) for _ in range(LAYERS)))
        self.norm = nn.RMSNorm(WIDTH, eps=1e-6)
        self.lm_head = nn.Linear(WIDTH, 256, bias=False)

    def forward(self, text: Tensor) -> Tensor:
        x = self.layers(self.embed_tokens(text[:, :-1]))
        logits = self.lm_head(self.norm(x))
        return functional.cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten())


class Run(NamedTuple):
    """What training one of them gave: for each step its loss and seconds; and bytes."""

    losses: list[float]
    seconds: list[float]
    memory: int

    def time(self) -> float:
        """The median; the first steps compile, and ask for memory."""
        return statistics.median(self.seconds[min(5, len(self.seconds) // 2) :])


def batches(steps: int, device: torch.device) -> list[Tensor]:
    """Random places of the text, the same on every call."""
    text = "\n".join(topics[name] for name in sorted(topics)).encode()
    data = torch.frombuffer(bytearray(text), dtype=torch.uint8)
    random = torch.Generator().manual_seed(0)
    starts = torch.randint(len(data) - LENGTH, (steps, BATCH, 1), generator=random)
    return [data[where + torch.arange(LENGTH + 1)].long().to(device) for where in starts]


def networks(device: torch.device) -> dict[str, nn.Module]:
    """All three, with the same weights."""
    torch.manual_seed(0)
    ours = Llama(nonlin.nn.GatedMLP).to(device)
    eager, compiled = Llama(Expression).to(device), Llama(Expression).to(device)
    for network in (eager, compiled):
        network.load_state_dict(ours.state_dict())
    return {"eager": eager, "compiled": torch.compile(compiled), "nonlin": ours}


def wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def memory(network: nn.Module, batch: Tensor) -> int:
    """Bytes of one step: all on CUDA; on a CPU those that autograd keeps for the backward pass."""
    network.zero_grad()
    if batch.is_cuda:
        torch.cuda.reset_peak_memory_stats(batch.device)
        before = torch.cuda.memory_allocated(batch.device)
        network(batch).backward()
        return torch.cuda.max_memory_allocated(batch.device) - before
    _, saved = saved_by(lambda: network(batch))
    there = storages((*network.parameters(), batch))
    return sum(size for place, size in storages(saved).items() if place not in there)


def train(device: torch.device, steps: int) -> dict[str, Run]:
    """One step of each in turn, so that whatever slows the machine down meets all of them."""
    nets = networks(device)
    optimizers = {name: torch.optim.AdamW(net.parameters(), 1e-3) for name, net in nets.items()}
    runs = {name: Run([], [], 0) for name in nets}
    data = batches(steps, device)
    with progress(steps) as step:
        for index, batch in enumerate(data):
            step(f"step {index + 1}, the first compiles" if index == 0 else f"step {index + 1}")
            for name, net in nets.items():
                wait(device)
                start = time.perf_counter()
                optimizers[name].zero_grad()
                loss = net(batch)
                loss.backward()
                optimizers[name].step()
                wait(device)
                runs[name].seconds.append(time.perf_counter() - start)
                runs[name].losses.append(loss.item())
    return {name: run._replace(memory=memory(nets[name], data[0])) for name, run in runs.items()}


def difference(run: Run, other: Run) -> float:
    """The largest of two curves, relative."""
    pairs = zip(run.losses, other.losses, strict=True)
    return max(abs(one - two) / abs(two) for one, two in pairs)


def table(runs: dict[str, Run], device: torch.device) -> str:
    eager = runs["eager"]
    kept = "peak, MiB" if device.type == "cuda" else "saved, MiB"
    columns = [
        Column("loss", "first", [f"{run.losses[0]:.4f}" for run in runs.values()]),
        Column("loss", "last", [f"{run.losses[-1]:.4f}" for run in runs.values()]),
        Column("loss", "off by", [f"{difference(run, eager):.0e}" for run in runs.values()]),
        Column("time", "ms per step", [f"{1e3 * run.time():.1f}" for run in runs.values()]),
        Column("time", "", [f"{eager.time() / run.time():.2f}×" for run in runs.values()]),
        Column("memory", kept, [f"{run.memory / 2**20:.2f}" for run in runs.values()]),
    ]
    return render(list(runs), columns)


def picture(runs: dict[str, Run], path: Path) -> Path:
    figure = Figure(figsize=(13, 4.5), layout="constrained")
    curve, times, bytes_ = figure.subplots(1, 3, width_ratios=(3, 1, 1))
    for width, (name, run) in zip((7, 4, 1.5), runs.items(), strict=True):
        curve.plot(run.losses, color=COLORS[name], linewidth=width, label=name)
    curve.set(xlabel="step", title="loss, one curve upon another")
    curve.legend(frameon=False)
    for panel, title, values in (
        (times, "ms per step", [1e3 * run.time() for run in runs.values()]),
        (bytes_, "MiB", [run.memory / 2**20 for run in runs.values()]),
    ):
        bars = panel.bar(list(runs), values, color=[COLORS[name] for name in runs])
        panel.bar_label(bars, fmt="%.1f", color=DARK)
        panel.set_title(title)
    for panel in (curve, times, bytes_):
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100, help="default: 100")
    parser.add_argument("--folder", type=Path, default=Path("demo"), help="of the picture")
    default = "cuda" if torch.cuda.is_available() and nonlin._C.build_info()["cuda"] else "cpu"
    parser.add_argument("--device", type=torch.device, default=torch.device(default))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # several wait for each other where the machine has other work
    runs = train(arguments.device, arguments.steps)
    print(table(runs, arguments.device))
    print("\nsaved: what autograd keeps of one step, without parameters; peak: all of its memory")
    print(f"picture: {picture(runs, arguments.folder / 'llama.png')}")
    for name, run in runs.items():
        losses = torch.tensor(run.losses), torch.tensor(runs["eager"].losses)
        torch.testing.assert_close(*losses, rtol=CLOSE, atol=0, msg=lambda m, n=name: f"{n}: {m}")


if __name__ == "__main__":
    main()
