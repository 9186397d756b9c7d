"""Each side of a comparison: a function and the operators behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from nonlin.testing import Activation, Gated, Parametric, Pointwise
from nonlin.testing import textbook as expressions
from nonlin.testing.activation import origin
from torch import Tensor

from benchmarks.gated_sides import gated_sides
from benchmarks.side import Side
from benchmarks.variants import Variant

aten, ours = torch.ops.aten, torch.ops.nonlin


def sides(row: Activation, variant: Variant, inputs: tuple[Tensor, ...]) -> tuple[Side, Side]:
    """Ours and PyTorch's, for these inputs."""
    if isinstance(row, Pointwise):
        return _pointwise(row), _builtin(row)
    if isinstance(row, Gated):
        return gated_sides(row, variant)
    if isinstance(row, Parametric):
        return _parametric(row.operator), _learned(row)
    return _groupwise(variant, *inputs), _maximum(variant, *inputs)


def _pointwise(row: Pointwise) -> Side:
    packet, arguments = getattr(ours, row.operator), row.arguments()
    value, in_place = packet.default, getattr(ours, row.operator + "_").default
    backward = getattr(ours, row.operator + "_backward").default
    double = getattr(ours, row.operator + "_double_backward").default
    schema = value._schema.arguments[1:]
    usual = arguments == tuple(argument.default_value for argument in schema)
    return Side(
        lambda x: value(x, *arguments),
        packet if usual else lambda x: packet(x, *arguments),
        lambda x, out: packet.out(x, *arguments, out=out),
        lambda x: in_place(x, *arguments),
        lambda g, x: backward(g, x, *arguments),
        lambda v, g, x: double(v[0], g, x, *arguments),
    )


def _builtin(row: Pointwise) -> Side:
    """Its operators, if it has those of both passes; otherwise it takes part through autograd."""
    if row.operator in SPECIAL:
        return SPECIAL[row.operator](*row.arguments())
    name, options = origin(row.builtin).__name__, getattr(row.builtin, "keywords", {})
    if not hasattr(aten, name + "_backward"):
        return Side(row.builtin, row.builtin)
    packet, backward = getattr(aten, name), getattr(aten, name + "_backward").default
    taken = [argument.name for argument in backward._schema.arguments]
    numbers = {
        argument.name: value
        for argument, value in zip(
            packet.default._schema.arguments[1:], row.arguments(), strict=False
        )
        if argument.name != "approximate"
    }
    known = {"grad_output", "grad_out", "self", "output", "approximate", "self_is_result"}
    if not set(taken) <= known | set(numbers):
        raise NotImplementedError(
            f"aten.{name}_backward takes {taken}: say in SPECIAL of benchmarks/sides.py how"
        )
    if "approximate" not in taken:
        return _with_numbers(row, name, tuple(numbers.values()), taken)
    return Side(
        partial(packet.default, **options),
        partial(packet, **options) if options else packet,
        partial(packet.out, **options),
        partial(getattr(aten, name + "_").default, **options),
        partial(backward, **options),
    )


def _with_numbers(row: Pointwise, name: str, numbers: tuple[float, ...], taken: list[str]) -> Side:
    """Numbers by position, as F has them; backward from the result where PyTorch keeps that."""
    own = row.textbook is not row.builtin  # where PyTorch's lacks a second derivative
    packet, backward = getattr(aten, name), getattr(aten, name + "_backward").default
    in_place = getattr(getattr(aten, name + "_", None), "default", None)
    count = len([argument for argument in taken[2:] if argument != "self_is_result"])
    more = (*numbers[:count], *((False,) if "self_is_result" in taken else ()))
    if own:
        by = None  # which has 1/6 in float32
    elif "output" in taken:
        result = _once(lambda x: packet.default(x, *numbers))
        by = lambda g, x: backward(g, result(x), *more)  # noqa: E731
    else:
        by = lambda g, x: backward(g, x, *more)  # noqa: E731
    return Side(
        row.textbook if own else lambda x: packet.default(x, *numbers),
        lambda x: packet(x, *numbers),
        lambda x, out: packet.out(x, *numbers, out=out),
        None if in_place is None else lambda x: in_place(x, *numbers),
        by,
    )


def _once(compute: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """For each input what a forward pass has left for backward, computed once."""
    left: dict[int, tuple[Tensor, Tensor]] = {}

    def of(x: Tensor) -> Tensor:
        found = left.get(x.data_ptr())
        if found is None or found[0] is not x:
            found = left[x.data_ptr()] = (x, compute(x))
        return found[1]

    return of


def _relu() -> Side:
    return Side(
        aten.relu.default,
        aten.relu,
        aten.relu.out,
        aten.relu_.default,
        lambda g, x: aten.threshold_backward.default(g, x, 0),
    )


def _logsigmoid() -> Side:
    """Its backward reads what the forward pass stored besides."""
    buffer = _once(lambda x: aten.log_sigmoid_forward.default(x)[1])
    return Side(
        aten.log_sigmoid.default,
        aten.log_sigmoid,
        aten.log_sigmoid.out,
        None,
        lambda g, x: aten.log_sigmoid_backward.default(g, x, buffer(x)),
    )


def _elu(*arguments: float) -> Side:
    usual = arguments == (1.0, 1.0, 1.0)
    return Side(
        lambda x: aten.elu.default(x, *arguments),
        aten.elu if usual else lambda x: aten.elu(x, *arguments),
        lambda x, out: aten.elu.out(x, *arguments, out=out),
        lambda x: aten.elu_.default(x, *arguments),
        lambda g, x: aten.elu_backward.default(g, *arguments, False, x),
    )


def _parametric(name: str) -> Side:
    packet = getattr(ours, name)
    backward = getattr(ours, name + "_backward").default
    double = getattr(ours, name + "_double_backward").default
    return Side(
        packet.default,
        packet,
        packet.out,
        getattr(ours, name + "_").default,
        backward,
        lambda v, g, *inputs: double(*v, g, *inputs),
    )


def _prelu() -> Side:
    def backward(g: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        """With the sum that autograd adds to PyTorch's kernel."""
        wide = _along_channels(w, x)
        by_x, by_w = aten._prelu_kernel_backward.default(g, x, wide)
        return by_x, by_w.sum_to_size(wide.shape).view_as(w)

    return Side(aten.prelu.default, aten.prelu, backward=backward)


# Of our operators with counterparts in PyTorch that take something else, how these are called.
SPECIAL: dict[str, Callable[..., Side]] = {
    "relu": _relu,
    "logsigmoid": _logsigmoid,
    "elu": _elu,
    "prelu": _prelu,
}


def _learned(row: Parametric) -> Side:
    if row.operator in SPECIAL:
        return SPECIAL[row.operator]()
    if hasattr(aten, row.operator):
        raise NotImplementedError(
            f"aten.{row.operator} exists: say in SPECIAL of benchmarks/sides.py how it is called"
        )
    return Side(lambda x, w: row.builtin(x, _along_channels(w, x)), row.builtin)


def _along_channels(w: Tensor, x: Tensor) -> Tensor:
    return w.view(1, -1, *(1,) * (x.dim() - 2)) if w.numel() > 1 else w


def _groupwise(variant: Variant, x: Tensor) -> Side:
    group = variant.k, variant.dim
    index = ours.maxout_with_index(x, *group)[1]
    return Side(
        lambda x: ours.maxout.default(x, *group),
        lambda x: ours.maxout(x, *group),
        lambda x, out: ours.maxout.out(x, *group, out=out),
        None,
        lambda g, x: ours.maxout_backward.default(g, index, *group),
        lambda v, g, x: ours.maxout_gather.default(v[0], index, *group),
        lambda x: ours.maxout_with_index.default(x, *group),
    )


def _maximum(variant: Variant, x: Tensor) -> Side:
    k, dim = variant.k, variant.dim
    axis = dim if dim < 0 else dim + 1

    def groups(x: Tensor) -> Tensor:
        return torch.unflatten(x, dim, (-1, k))

    split = groups(x)
    index = split.max(axis).indices
    where = torch.empty_like(index)

    def backward(g: Tensor, x: Tensor) -> Tensor:
        select = aten.value_selecting_reduction_backward.default
        return select(g, axis, index, split.shape, False).view_as(x)

    def function(x: Tensor) -> Tensor:
        return expressions.maxout(x, k, dim)

    return Side(
        function,
        function,
        lambda x, out: aten.max.dim_max(groups(x), axis, max=out, max_values=where)[0],
        backward=backward,
        with_index=lambda x: groups(x).max(axis),
    )
