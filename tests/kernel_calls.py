"""Every kernel, called: operators of all families, their passes, masks, weights and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from rows import GROUPWISE, OPERATORS, PARAMETRIC, PointwiseRow
from torch import Tensor
from torch.utils._pytree import tree_leaves

Call = tuple[str, Callable[[], object]]
PASSES = ("value", "backward", "double_backward")
# Heads and tails of vectors, rows of any length, sums of a few slices and of one.
SHAPES = (
    (1, 1, 1),
    (3, 5, 7),
    (5, 3, 66),
    (2, 33, 130),
    (70, 3, 1),
    (3, 1030, 3),
    (20_000, 2, 1),
    (1, 2, 50_001),
)
LAYOUTS = {
    "contiguous": lambda t: t,
    "misaligned": lambda t: torch.cat((t.flatten()[:1], t.flatten()))[1:].view(t.shape),
    "channels last": lambda t: t.movedim(1, -1).contiguous().movedim(-1, 1),
    "transposed": lambda t: t.transpose(0, 2).contiguous().transpose(0, 2),
    "sliced": lambda t: torch.stack((t, t), -1)[..., 0],
    "rows apart": lambda t: torch.cat((t, t[..., :1]), -1)[..., : t.size(-1)],
    "expanded": lambda t: t[:1].expand(t.shape),
}


def run(case: PointwiseRow, name: str, v: Tensor, g: Tensor, x: Tensor) -> tuple[Tensor, ...]:
    """A pass of a pointwise operator."""
    if name == "value":
        return (case.forward(x),)
    return (case.backward(g, x),) if name == "backward" else case.double_backward(v, g, x)


def tensors(result: object) -> tuple[Tensor, ...]:
    """What an operator returns, without what a mask left out."""
    return tuple(t for t in tree_leaves(result) if isinstance(t, Tensor))


def pointwise_calls(v: Tensor, g: Tensor, x: Tensor) -> Iterator[Call]:
    for case in OPERATORS:
        for name in PASSES:
            yield f"{case.operator} {name}", lambda c=case, n=name: run(c, n, v, g, x)
        yield f"{case.operator} out", lambda c=case: c.out(x, out=torch.empty_like(x))
        yield f"{case.operator} in place", lambda c=case: c.inplace(x.clone())


def parametric_calls(v: Tensor, g: Tensor, x: Tensor, w: Tensor, dim: int = 1) -> Iterator[Call]:
    """Results of every mask; `w` is the gradient of the weight's gradient as well."""
    for case in PARAMETRIC:
        yield f"{case} value", lambda c=case: c.forward(x, w, dim)
        yield f"{case} out", lambda c=case: c.out(x, w, dim, out=torch.empty_like(x))
        yield f"{case} in place", lambda c=case: c.inplace(x.clone(), w, dim)
        for mask in ((True, True), (True, False), (False, True)):
            yield f"{case} backward {mask}", lambda c=case, m=mask: c.backward(g, x, w, dim, m)
        for mask in ((True, True, True), (True, True, False), (False, False, True)):
            yield (
                f"{case} double backward {mask}",
                lambda c=case, m=mask: c.double_backward(v, w, g, x, w, dim, m),
            )
        for given in ((v, None), (None, w)):
            yield (
                f"{case} double backward without one",
                lambda c=case, u=given: c.double_backward(*u, g, x, w, dim),
            )


def groupwise_calls(x: Tensor, index: Tensor, g: Tensor, k: int, dim: int = -1) -> Iterator[Call]:
    """`index` and `g` have an entry for each group of x."""
    for case in GROUPWISE:
        where = f"{case} of {k}"
        yield f"{where}, value", lambda c=case: c.forward(x, k, dim)
        yield f"{where}, out", lambda c=case: c.out(x, k, dim, out=torch.empty_like(g))
        yield f"{where}, with index", lambda c=case: c.with_index(x, k, dim)
        yield f"{where}, backward", lambda c=case: c.backward(g, index, k, dim)
        yield f"{where}, gather", lambda c=case: c.gather(x, index, k, dim)


def every_call(
    shape: tuple[int, ...],
    dtype: torch.dtype,
    device: str,
    arrange: Callable[[Tensor], Tensor] = lambda t: t,
) -> Iterator[Call]:
    """On tensors of this shape, made on the CPU, with groups along the last dimension."""

    def make(*size: int) -> Tensor:
        return torch.randn(size).to(dtype).to(device)

    v, g, x = (arrange(make(*shape)) for _ in range(3))
    yield from pointwise_calls(v, g, x)
    for weights in {1, shape[1]}:
        yield from parametric_calls(v, g, x, make(weights))
    for k in [k for k in {1, 2, shape[-1]} if 0 < k <= 256 and shape[-1] % k == 0]:
        grouped = (*shape[:-1], shape[-1] // k)
        index = torch.randint(k, grouped, dtype=torch.uint8).to(device)
        yield from groupwise_calls(x, index, make(*grouped), k)
