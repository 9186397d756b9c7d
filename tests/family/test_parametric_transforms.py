"""torch.func over input and weight: every transform, nested, never by a loop over the batch."""

from itertools import product

import pytest
import torch
from rows import make_weight
from torch.func import functionalize, grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
from transforms import agree, random

pytestmark = [pytest.mark.devices, pytest.mark.usefixtures("without_vmap_fallback")]

x, t = random(2, 3), random(2, 3).cos()
SHAPES = {"scalar": (), "single": (1,), "channels": (3,)}
each_weight = pytest.mark.parametrize("weight", SHAPES)


def loss(f):
    """A scalar whose derivatives of all orders differ from entry to entry."""
    return lambda x, w: (f(x, w) ** 2 * (x + 1)).sum()


def squared(f):
    """The sum of squares of what f returns."""
    return lambda *t: sum((r**2).sum() for r in torch.utils._pytree.tree_leaves(f(*t)))


BOTH = (0, 1)
TRANSFORMS = {
    "grad": lambda f, w, d: grad(loss(f), BOTH)(x, w),
    "grad self": lambda f, w, d: grad(loss(f))(x, w),
    "grad weight": lambda f, w, d: grad(loss(f), 1)(x, w),
    "vjp": lambda f, w, d: vjp(f, x, w)[1](t),
    "jvp": lambda f, w, d: jvp(f, (x, w), (t, d)),
    "jvp self": lambda f, w, d: jvp(lambda x: f(x, w), (x,), (t,)),
    "jvp weight": lambda f, w, d: jvp(lambda w: f(x, w), (w,), (d,)),
    "jacrev": lambda f, w, d: jacrev(f, BOTH)(x, w),
    "jacfwd": lambda f, w, d: jacfwd(f, BOTH)(x, w),
    "hessian": lambda f, w, d: hessian(loss(f), BOTH)(x, w),
    "hessian self": lambda f, w, d: hessian(loss(f))(x, w),
    "hessian weight": lambda f, w, d: hessian(loss(f), 1)(x, w),
    "jacrev jacrev": lambda f, w, d: jacrev(jacrev(loss(f), BOTH), BOTH)(x, w),
    "jacfwd jacfwd": lambda f, w, d: jacfwd(jacfwd(loss(f), BOTH), BOTH)(x, w),
    "jacrev jacfwd": lambda f, w, d: jacrev(jacfwd(loss(f), 1))(x, w),
    "grad grad": lambda f, w, d: grad(squared(grad(loss(f), BOTH)), BOTH)(x, w),
    "jvp grad": lambda f, w, d: jvp(grad(loss(f), BOTH), (x, w), (t, d)),
    "grad jvp": lambda f, w, d: grad(lambda *p: jvp(loss(f), p, (t, d))[1], BOTH)(x, w),
    "jvp jvp": lambda f, w, d: jvp(lambda *p: jvp(f, p, (t, d))[1], (x, w), (t, d)),
    "vjp vjp": lambda f, w, d: vjp(lambda *p: vjp(f, *p)[1](t), x, w)[1]((t, d)),
    "functionalize": lambda f, w, d: functionalize(f)(x, w),
    "functionalize grad": lambda f, w, d: functionalize(grad(loss(f), BOTH))(x, w),
    "grad grad grad": lambda f, w, d: grad(squared(grad(squared(grad(loss(f), BOTH)), BOTH)), BOTH)(
        x, w
    ),
    "jacfwd hessian": lambda f, w, d: jacfwd(hessian(loss(f), 1), BOTH)(x, w),
    "jacrev hessian": lambda f, w, d: jacrev(hessian(loss(f)), BOTH)(x, w),
    "jvp jvp jvp": lambda f, w, d: jvp(
        lambda *p: jvp(lambda *q: jvp(f, q, (t, d))[1], p, (t, d))[1], (x, w), (t, d)
    ),
}
# Of a function of one sample and its weight.
INNER = {
    "value": lambda f: f,
    "grad": lambda f: grad(loss(f), BOTH),
    "jvp": lambda f: lambda x, w: jvp(f, (x, w), (x.sin(), w.sin()))[1],
    "hessian": lambda f: hessian(loss(f), BOTH),
    "functionalize": functionalize,
}


@each_weight
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transform(parametric, name, weight):
    w = make_weight(weight, 3)
    ours, theirs = (
        TRANSFORMS[name](f, w, w.cos()) for f in (parametric.forward, parametric.expression)
    )
    agree(ours, theirs)


def batched(one: torch.Tensor, size: int, position: int | None) -> torch.Tensor:
    """So many tensors that differ, stacked along a dimension; or the one itself."""
    if position is None:
        return one
    factors = torch.linspace(0.5, 2, size, dtype=one.dtype).view(-1, *[1] * one.dim())
    return (factors * one).movedim(0, position)


@each_weight
@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize(
    "in_dims", [(0, None), (1, None), (-1, None), (None, 0), (None, -1), (0, 0), (2, -1)], ids=str
)
def test_vmap(parametric, in_dims, inner, weight):
    """Over inputs, weights and both, each along a dimension of its own; 4 of them, 1 or none."""
    w = make_weight(weight, 3)
    for size in (4, 1, 0):
        tensors = [batched(one, size, d) for one, d in zip((x, w), in_dims, strict=True)]
        for dim in (1, -1):
            ours, theirs = (
                vmap(INNER[inner](lambda x, w: f(x, w, dim)), in_dims)(*tensors)  # noqa: B023
                for f in (parametric.forward, parametric.expression)
            )
            agree(ours, theirs)


@pytest.mark.parametrize("dim", [0, 2, -1, -3])
@pytest.mark.parametrize("in_dims", [(0, None), (3, 0), (None, 1), (-2, -1)], ids=str)
def test_vmap_with_any_dim(parametric, in_dims, dim):
    """`dim` counts the dimensions of one sample."""
    one = random(2, 3, 4)
    w = make_weight("channels", one.shape[dim])
    tensors = [batched(v, 5, d) for v, d in zip((one, w), in_dims, strict=True)]
    ours, theirs = (
        vmap(grad(loss(lambda x, w: f(x, w, dim)), BOTH), in_dims)(*tensors)  # noqa: B023
        for f in (parametric.forward, parametric.expression)
    )
    agree(ours, theirs)


@pytest.mark.parametrize("levels", [(0, None), (None, 0), (0, 0)], ids=str)
@pytest.mark.parametrize("inner_levels", [(0, None), (None, 0), (1, 0)], ids=str)
@each_weight
def test_nested_vmaps(parametric, levels, inner_levels, weight):
    pairs = zip((x, make_weight(weight, 3)), levels, inner_levels, strict=True)
    tensors = [batched(batched(one, 3, b), 2, a) for one, a, b in pairs]
    ours, theirs = (
        vmap(vmap(grad(loss(f), BOTH), inner_levels), levels)(*tensors)
        for f in (parametric.forward, parametric.expression)
    )
    agree(ours, theirs)


@each_weight
def test_vmap_between_derivatives(parametric, weight):
    """grad over vmap; tangents and cotangents alone batched; vmap of one sample's scalars."""
    w, xs = make_weight(weight, 3), batched(x, 4, 0)
    ts, ds = xs.cos(), batched(w.sin(), 4, 0)
    pairs = (
        lambda f: grad(lambda x, w: vmap(loss(f), (0, None))(x, w).sum(), BOTH)(xs, w),
        lambda f: jacrev(lambda w: vmap(f, (0, None))(xs, w))(w),
        lambda f: vmap(lambda t, d: jvp(f, (x, w), (t, d))[1])(ts, ds),
        lambda f: vmap(lambda d: jvp(f, (x, w), (t, d))[1])(ds),
        lambda f: vmap(vjp(f, x, w)[1])(ts),
        lambda f: vmap(vmap(vmap(lambda z: f(z, w.flatten()[0]))))(xs),
        lambda f: vmap(lambda z, d: f(z, d, 0))(xs[:, 0, 0], ds.flatten()[:4]),
    )
    for transform in pairs:
        agree(transform(parametric.forward), transform(parametric.expression))


SUBSETS = [dims for dims in product((None, 0, 1), repeat=3) if set(dims) != {None}]


@each_weight
@pytest.mark.parametrize("dims", SUBSETS, ids=str)
def test_backward_operators(parametric, dims, weight):
    """Any of their tensors may be batched: as one call for each sample."""
    w = make_weight(weight, 3)
    v_dim = min(dims[0] or 0, w.dim()) if dims[0] is not None else None
    w_dim = min(dims[2], w.dim()) if dims[2] is not None else None
    tensors = (t, w.cos(), t.sin(), x, w)
    in_dims = (dims[0], v_dim, dims[1], dims[1], w_dim)
    stacked = [batched(one, 3, d) for one, d in zip(tensors, in_dims, strict=True)]

    def alone(f):
        pairs = list(zip(stacked, in_dims, strict=True))
        for i in range(3):
            yield f(*(s if d is None else s.select(d, i) for s, d in pairs))

    for f in (
        lambda u, v, g, x, w: parametric.backward(g, x, w),
        lambda u, v, g, x, w: parametric.backward(u, x, w, 1, (True, False))[0],
        lambda u, v, g, x, w: parametric.backward(g, x, w, 1, (False, True))[1],
        lambda u, v, g, x, w: parametric.double_backward(u, v, g, x, w),
        lambda u, v, g, x, w: parametric.double_backward(None, v, g, x, w),
        lambda u, v, g, x, w: parametric.double_backward(u, None, g, x, w),
        lambda u, v, g, x, w: parametric.double_backward(u, v, g, x, w, 1, (0, 0, 1))[2],
    ):
        got = vmap(f, in_dims)(*stacked)
        want = [torch.utils._pytree.tree_leaves(r) for r in alone(f)]
        agree(got, [torch.stack(results) for results in zip(*want, strict=True)])


@each_weight
def test_in_place(parametric, weight):
    w, xs = make_weight(weight, 3), batched(x, 4, 1)

    def written(z, w):
        z = z.clone()
        assert parametric.inplace(z, w) is z
        return z

    for transform in (
        lambda f: vmap(f, (1, None))(xs, w),
        lambda f: vmap(grad(loss(f), BOTH), (1, None))(xs, w),
        lambda f: hessian(loss(f), BOTH)(x, w),
        lambda f: jvp(f, (x, w), (t, w.cos())),
    ):
        agree(transform(written), transform(parametric.expression))
    z = xs.clone()
    agree(vmap(parametric.inplace, (1, None), 1)(z, w), z)
    agree(z, vmap(parametric.expression, (1, None), 1)(xs, w))
    with pytest.raises(RuntimeError, match=r"vmap|batch"):
        vmap(parametric.inplace, (None, 0))(x.clone(), batched(w, 4, 0))
