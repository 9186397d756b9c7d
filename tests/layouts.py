"""Tensors of every arrangement in memory, and how much memory a call takes."""

import torch
from torch.profiler import ProfilerActivity, profile


def base(dtype: torch.dtype) -> torch.Tensor:
    return torch.randn(4, 3, 6, 5).mul(3).to(dtype)


# Dense: every element of the storage once. The output then has the strides of the input.
DENSE = {
    "contiguous": lambda t: t,
    "channels-last": lambda t: t.contiguous(memory_format=torch.channels_last),
    "channels-last 3d": lambda t: t[None].contiguous(memory_format=torch.channels_last_3d),
    "transposed": lambda t: t.transpose(0, 3),
    "permuted, five dimensions": lambda t: t.view(2, 2, 3, 6, 5).permute(4, 1, 3, 0, 2),
    "with offset": lambda t: t[1:],
    "one column": lambda t: t[:1, :1, :, :1].contiguous(),
    "scalar": lambda t: t[0, 0, 0, 0],
}
OTHER = {
    "sliced": lambda t: t[:, ::2, 1:4, ::3],
    "a column": lambda t: t[0, 0, :, 2],
    "transposed slice": lambda t: t[..., 1:4].transpose(1, 3),
    "expanded": lambda t: t[:, :1].expand(4, 7, 6, 5),
    "expanded scalar": lambda t: t[0, 0, 0, 0].expand(9, 4),
    "flipped": lambda t: t.flip(0, 2),
    "diagonal": lambda t: t.diagonal(0, 2, 3),
    "overlapping windows": lambda t: t.flatten().unfold(0, 8, 3),
    "as strided": lambda t: t.flatten().as_strided((5, 4, 3), (7, 3, 11), 2),
    "empty": lambda t: t[:, :0],
    "empty, transposed": lambda t: t[:, :0].transpose(0, 3),
    "lazily negated": lambda t: torch._neg_view(t),
    "lazily negated slice": lambda t: torch._neg_view(t)[:, 1:, ::2],
    "real part": lambda t: torch.complex(t.double(), t.double()).real,
    "imaginary part of a conjugate": lambda t: torch.complex(t.double(), t.double()).conj().imag,
}
LAYOUTS = DENSE | OTHER


def allocated(run) -> int:
    """Bytes that PyTorch's allocator hands out meanwhile."""
    if torch.get_default_device().type == "cuda":
        before = torch.cuda.memory_stats()["requested_bytes.all.allocated"]
        run()
        return torch.cuda.memory_stats()["requested_bytes.all.allocated"] - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        run()
    return sum(max(0, event.self_cpu_memory_usage) for event in record.events())
