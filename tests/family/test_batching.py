"""vmap where families differ: `dim` of one sample, what is written in place, output masks."""

from functools import partial
from itertools import product

import pytest
import torch
from operators import each_in_place
from rows import GatedRow, Row, make_weight
from torch.func import functionalize, grad, jacrev, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from transforms import (
    agree,
    agree_with_single_calls,
    batched,
    call,
    functions,
    loss,
    random,
    stacked,
)

pytestmark = [pytest.mark.devices, pytest.mark.usefixtures("without_vmap_fallback")]
each_dim = pytest.mark.parametrize("dim", [0, 1, 2, -1, -2, -3])


@each_dim
def test_channels_are_those_of_one_sample(parametric, dim):
    x = random(2, 3, 4)
    w = make_weight("channels", x.shape[dim])
    both = [partial(f, dim=dim) for f in (parametric.forward, parametric.expression)]
    for dims in ((0, None), (1, None), (3, 0), (None, 1), (-2, -1)):
        tensors = [batched(t, 5, d) for t, d in zip((x, w), dims, strict=True)]
        agree(*(vmap(f, dims)(*tensors) for f in both), f"{dims}")
        agree(*(vmap(grad(loss(f), (0, 1)), dims)(*tensors) for f in both), f"{dims}")


@each_dim
def test_groups_are_those_of_one_sample(groupwise, dim):
    both = [partial(f, k=2, dim=dim) for f in (groupwise.forward, groupwise.expression)]
    for position in (0, 1, 2, 3, -1, -3):
        z = random(4, 6, 8, 5).movedim(-1, position)
        agree(*(vmap(f, position)(z) for f in both), f"{position}")
        agree(*(vmap(grad(loss(f)), position)(z) for f in both), f"{position}")
        choose = partial(groupwise.with_index, k=2, dim=dim)
        got, each = vmap(choose, position)(z), map(choose, z.unbind(position))
        for t, want in zip(got, zip(*each, strict=True), strict=True):
            assert torch.equal(t, torch.stack(want))


def given(row: Row, x: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """What comes after x: a weight, or what a gate lets through; if there is anything."""
    if isinstance(row, GatedRow):
        return (x.flip(-1) if x.dim() else x * 2,)
    return (w,) if len(row.TENSORS) > 1 else ()


@each_in_place
def test_samples_without_dimensions(row):
    x, w, ws = random(4, 3), random(1)[0], random(4)
    more = given(row, x, w)
    shared = isinstance(row, GatedRow)
    in_dims = (0, *(0 if shared else None for _ in more))
    got = vmap(vmap(row.forward, in_dims), in_dims)(x, *more)
    agree(got, row.expression(x, *more))
    more = given(row, x[:, 0], ws)
    dim = () if shared else (0,) * len(more)
    got = vmap(lambda *t: row.forward(*t, *dim))(x[:, 0], *more)
    agree(got, row.expression(x[:, 0], *more, *dim))


@each_in_place
def test_what_is_batched_is_written(row):
    """The tensor itself, through all of its wrappers, and through a view of it."""
    x, w = random(2, 3, 4, 5), random(2, 3, 5)
    for view in (lambda t: t, lambda t: t[..., ::2]):
        more = given(row, x, w)
        weights = tuple(map(view, more))
        want = vmap(vmap(row.forward))(view(x), *weights)
        y = x.clone()
        vmap(vmap(lambda t, *v, view=view: row.inplace(view(t), *v)))(y, *weights)
        agree(view(y), want)
        y, dims = view(x).clone().movedim(0, -1), (-1, *[0] * len(weights))
        returned = vmap(vmap(row.inplace), dims, -1)(y, *weights)
        agree(y, want.movedim(0, -1))
        agree(returned, y)


@each_in_place
def test_in_place_on_a_tensor_outside_of_the_batch(row):
    """It is legal when nothing batched is written."""
    x, w = random(3, 5), random(5)
    z, more = x.clone(), given(row, x, w)
    vmap(lambda b: (row.inplace(z, *more), b)[1])(random(4, 2))
    agree(z, row.expression(x, *more))


def test_a_batched_weight_is_not_written_into_one_tensor(parametric):
    with pytest.raises(RuntimeError, match=r"vmap|batch"):
        vmap(parametric.inplace, (None, 0))(random(3, 5), random(4, 5))


# Of u, v, g, x, w and dim; what is None or masked out, is so for all samples.
PARTS = {
    "of the input": lambda f, u, v, g, x, w, d: f.backward(g, x, w, d, (True, False)),
    "of the weight": lambda f, u, v, g, x, w, d: f.backward(g, x, w, d, (False, True)),
    "second, of the weight": lambda f, u, v, g, x, w, d: f.double_backward(
        u, v, g, x, w, d, (False, False, True)
    ),
    "second, without u": lambda f, u, v, g, x, w, d: f.double_backward(None, v, g, x, w, d),
    "second, without v": lambda f, u, v, g, x, w, d: f.double_backward(u, None, g, x, w, d),
}


@pytest.mark.parametrize("part", PARTS)
def test_output_masks_and_absent_gradients(parametric, part):
    for sample in parametric.small():
        tensors = parametric.operands("_double_backward", sample).tensors
        f = partial(PARTS[part], parametric)
        for factors, g, x, w in product((None, 0), (None, 0), (None, -1), (None, 0)):
            dims = (factors, factors, g, x, w)
            if set(dims) != {None}:
                run = call(f, sample.numbers)
                agree_with_single_calls(run, stacked(tensors, dims), dims, f"{dims}")


def test_jacobian_of_a_choice(groupwise):
    """Every row of the Jacobian has a single 1."""
    rows = jacrev(lambda z: groupwise.forward(z, 3))(random(4, 6)).reshape(8, 24)
    assert torch.equal(rows.sum(1), torch.ones(8, dtype=rows.dtype))
    assert ((rows == 0) | (rows == 1)).all()


def test_functional_graph(activation):
    """Functionalization turns the in-place and the out operator into the functional one."""
    for sample in activation.small():
        ours, _ = functions(activation, sample)

        def run(*t, forms=ours, numbers=sample.numbers):
            out = torch.empty_like(forms[0](*t))
            return [f(*t) for f in forms[1:]], activation.out(*t, *numbers, out=out)

        graph = make_fx(functionalize(run))(*sample.tensors).graph
        called = [str(node.target) for node in graph.nodes if str(node.target).startswith("nonlin")]
        assert called == [f"nonlin.{activation.operator}.default"] * (len(ours) + 1)
