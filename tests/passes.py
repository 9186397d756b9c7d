"""Everything that an activation computes at a sample, and what that must be in any layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from accuracy import same_bits
from parametric_accuracy import sum_errors
from rows import PARAMETRIC, POINTWISE, GroupwiseRow, ParametricRow, Row, Sample, placed
from torch import Tensor

# Those with a result for each element, which all have the same methods.
ELEMENTWISE = (*POINTWISE, *PARAMETRIC)


def along(row: Row, x: Tensor, dim: int) -> Iterator[Sample]:
    """x with a single weight and with one for each entry of a dimension, if it has weights."""
    for s in row.with_input(x):
        if s.numbers in ((), (dim,)) and s.name.split()[0] in ("alone", "single", "channels"):
            yield s


def seeds(s: Sample) -> tuple[Tensor, ...]:
    """A tangent of each tensor of a sample, contiguous."""
    return tuple(torch.randn(t.shape).to(t.dtype) for t in s.tensors)


def passes(
    row: Row, s: Sample, u: Sequence[Tensor], g: Tensor
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Results of value, backward and double backward: those of elements, and sums over them."""
    value = row.forward(*s.arguments)
    if isinstance(row, GroupwiseRow):
        again, index = row.with_index(*s.arguments)
        spread = row.backward(g, index, *s.numbers)
        return (value, again, index, spread, row.gather(s.input, index, *s.numbers)), ()
    first = row.gradients(g, *s.arguments)
    second = row.double_backward(*u, g, *s.arguments)
    return (value, first[0], *second[:2]), (*first[1:], *second[2:])


def flat(t: Tensor) -> Tensor:
    return t.contiguous().resolve_neg().clone().flatten()


def in_a_row(s: Sample) -> Sample:
    """The same elements one after another, each with a weight of its own."""
    x, *weights = s.tensors
    each = (flat(placed(w, x, s.numbers[0]).expand(x.shape)) for w in weights)
    return Sample(s.name, (flat(x), *each), (0,) * len(weights))


def check_passes(
    row: Row, s: Sample, where: str, u: Sequence[Tensor] | None = None, g: Tensor | None = None
) -> None:
    """Bits of elements as in a row, sums as exact as they should be, strides of the input."""
    x, at = s.input, f"{row} {where}, {s.name}, {s.input.dtype}"
    u, g = u or seeds(s), torch.randn(x.shape).to(x.dtype) if g is None else g
    elements, sums = passes(row, s, u, g)
    spread = in_a_row(Sample("", tuple(u), s.numbers)).tensors
    for a, b in zip(elements, passes(row, in_a_row(s), spread, flat(g))[0], strict=True):
        assert a.shape == x.shape and same_bits(a.flatten(), b), at
        assert a.stride() == torch.empty_like(x).stride(), at
        assert a.data_ptr() not in (x.data_ptr(), g.data_ptr()) or x.numel() == 0, at
    for t, w in zip(sums, s.tensors[1:] * 2, strict=True):
        assert t.shape == w.shape and t.dtype == w.dtype and t.is_contiguous(), at
    if isinstance(row, ParametricRow):
        check_sum(
            row, sums[0], row.weight_terms(g, *s.arguments), s.numbers[0], f"{where}, {s.name}"
        )


def check_sum(parametric: ParametricRow, got: Tensor, terms: Tensor, dim: int, where: str) -> None:
    exact, error, allowed = sum_errors(got, terms, dim)
    worst = (error - allowed).argmax() if len(error) else 0
    assert (error <= allowed).all(), (
        f"{parametric} {where}, {got.dtype}: gradient of the weight {got.flatten()[worst]}"
        f", exact {exact[worst]}"
    )


def check(parametric, x: Tensor, w: Tensor, dim: int, where: str, tensors=None) -> None:
    """The same, of tensors that are given: u, v in the shape of w, and g."""
    u, v, g = tensors or (None, None, None)
    check_passes(parametric, Sample("", (x, w), (dim,)), where, tensors and (u, v), g)
