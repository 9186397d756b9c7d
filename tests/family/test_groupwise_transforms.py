"""torch.func over an operator that chooses from groups: `dim` is that of one sample."""

import pytest
import torch
from torch.func import functionalize, grad, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap
from transforms import agree, random, squared

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("without_vmap_fallback"),
    # torch.func.linearize warns of its own graph.
    pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node"),
]

x, t = random(4, 6), random(4, 6).cos()
cotangent = random(4, 3)
batch, blocks, matrix = random(3, 4, 6), random(2, 3, 4, 6), random(4, 5, 6)


def total(f):
    return lambda z: (f(z) ** 3).sum()


TRANSFORMS = {
    "grad": lambda f: grad(total(f))(x),
    "vjp": lambda f: vjp(f, x)[1](cotangent)[0],
    "jvp": lambda f: jvp(f, (x,), (t,)),
    "linearize": lambda f: linearize(f, x)[1](t),
    "jacrev": lambda f: jacrev(f)(x),
    "jacfwd": lambda f: jacfwd(f)(x),
    "hessian": lambda f: hessian(total(f))(x),
    "jacrev jacrev": lambda f: jacrev(jacrev(total(f)))(x),
    "jacfwd jacfwd": lambda f: jacfwd(jacfwd(total(f)))(x),
    "jacrev jacfwd": lambda f: jacrev(jacfwd(total(f)))(x),
    "grad grad": lambda f: grad(squared(grad(total(f))))(x),
    "grad grad grad": lambda f: grad(squared(grad(squared(grad(total(f))))))(x),
    "jvp grad": lambda f: jvp(grad(total(f)), (x,), (t,)),
    "grad jvp": lambda f: grad(lambda z: jvp(total(f), (z,), (t,))[1])(x),
    "jvp jvp": lambda f: jvp(lambda z: jvp(f, (z,), (t,))[1], (x,), (t,)),
    "vjp vjp": lambda f: vjp(lambda z: vjp(f, z)[1](cotangent)[0], x)[1](t)[0],
    "functionalize": lambda f: functionalize(f)(x),
    "functionalize grad": lambda f: functionalize(grad(total(f)))(x),
    "vmap": lambda f: vmap(f)(batch),
    "vmap in 1": lambda f: vmap(f, in_dims=1)(matrix),
    "vmap in -2 out 1": lambda f: vmap(f, in_dims=-2, out_dims=1)(matrix),
    "vmap in 2": lambda f: vmap(f, in_dims=2)(random(4, 6, 5)),
    "vmap of 0": lambda f: vmap(f)(batch[:0]),
    "vmap of 1": lambda f: vmap(f)(batch[:1]),
    "vmap vmap": lambda f: vmap(vmap(f))(blocks),
    "vmap 1 vmap 0": lambda f: vmap(vmap(f), in_dims=1)(blocks),
    "vmap grad": lambda f: vmap(grad(total(f)))(batch),
    "vmap grad of 0": lambda f: vmap(grad(total(f)))(batch[:0]),
    "vmap in 1 grad": lambda f: vmap(grad(total(f)), in_dims=1)(matrix),
    "vmap vmap grad": lambda f: vmap(vmap(grad(total(f))))(blocks),
    "grad vmap": lambda f: grad(lambda z: vmap(total(f), in_dims=1)(z).sum())(matrix),
    "vmap jvp": lambda f: vmap(lambda z, d: jvp(f, (z,), (d,))[1])(batch, batch * 0.5),
    "vmap over tangents": lambda f: vmap(lambda d: jvp(f, (x,), (d,))[1], in_dims=1)(matrix),
    "vmap over cotangents": lambda f: vmap(vjp(f, x)[1], in_dims=1)(random(4, 5, 3)),
    "vmap jacrev": lambda f: vmap(jacrev(f))(batch),
    "vmap jacfwd": lambda f: vmap(jacfwd(f))(batch),
    "vmap hessian": lambda f: vmap(hessian(total(f)))(batch),
    "jacrev vmap": lambda f: jacrev(vmap(f))(batch),
    "jacfwd hessian": lambda f: jacfwd(hessian(total(f)))(random(1, 6)),
    "functionalize vmap": lambda f: functionalize(vmap(f))(batch),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transform(groupwise, name):
    agree(
        TRANSFORMS[name](lambda z: groupwise.forward(z, 2)),
        TRANSFORMS[name](lambda z: groupwise.expression(z, 2)),
    )


@pytest.mark.parametrize("in_dim", [0, 1, 2, 3, -1, -3])
@pytest.mark.parametrize("dim", [0, 1, 2, -1, -2, -3])
def test_dims_of_samples(groupwise, dim, in_dim):
    z = random(4, 6, 8, 5).movedim(-1, in_dim)
    pairs = [(lambda s, f=f: f(s, 2, dim)) for f in (groupwise.forward, groupwise.expression)]
    agree(*(vmap(f, in_dim)(z) for f in pairs))
    agree(*(vmap(grad(total(f)), in_dim)(z) for f in pairs))
    value, index = vmap(lambda s: groupwise.with_index(s, 2, dim), in_dim)(z)
    alone = [groupwise.with_index(s, 2, dim) for s in z.unbind(in_dim)]
    for got, want in zip((value, index), zip(*alone, strict=True), strict=True):
        assert torch.equal(got, torch.stack(want))


@pytest.mark.parametrize("dims", [(0, 0), (0, None), (None, 0), (1, 0), (-1, 1), (None, -1)])
def test_backward_and_gather(groupwise, dims):
    """Tensor and index may be batched, each along a dimension of its own: one call a sample."""
    index = groupwise.with_index(batch, 2)[1]

    def place(t, one, dim):
        return one if dim is None else t.movedim(0, dim)

    for f, values in ((groupwise.backward, random(3, 4, 3)), (groupwise.gather, batch)):
        tensors = (place(values, values[0], dims[0]), place(index, index[0], dims[1]))
        got = vmap(lambda *s: f(*s, 2), dims)(*tensors)  # noqa: B023
        pairs = list(zip(tensors, dims, strict=True))
        samples = [[s if d is None else s.select(d, i) for s, d in pairs] for i in range(3)]
        agree(got, torch.stack([f(*s, 2) for s in samples]))
        gradient = grad(lambda t, i: (f(t, i, 2) ** 3).sum())  # noqa: B023
        agree(vmap(gradient, dims)(*tensors), torch.stack([gradient(*s) for s in samples]))


def test_gradients_of_each_sample(groupwise):
    """Of a Maxout layer's parameters."""
    weight, inputs = random(6, 5), random(7, 5)

    def error(f):
        return lambda w, z: (f(w @ z, 3) ** 2).sum()

    results = [
        vmap(grad(error(f)), (None, 0))(weight, inputs)
        for f in (groupwise.forward, groupwise.expression)
    ]
    agree(*results)
    assert results[0].shape == (7, 6, 5)


def test_ensembles(groupwise):
    weights, inputs = random(3, 6, 5), random(7, 5)
    results = [
        vmap(vmap(lambda w, z: f(w @ z, 2), (None, 0)), (0, None))(weights, inputs)  # noqa: B023
        for f in (groupwise.forward, groupwise.expression)
    ]
    agree(*results)


def test_jacobian(groupwise):
    """Every row of the Jacobian has a single 1."""
    rows = jacrev(lambda z: groupwise.forward(z, 3))(x).reshape(8, 24)
    assert torch.equal(rows.sum(1), torch.ones(8, dtype=rows.dtype))
    assert ((rows == 0) | (rows == 1)).all()


def test_functional_graph(groupwise):
    """Functionalization turns the operator with `out` into the functional one."""
    from torch.fx.experimental.proxy_tensor import make_fx

    def f(z):
        return groupwise.out(z, 2, out=torch.empty(4, 3, dtype=z.dtype))

    graph = make_fx(functionalize(f))(x).graph
    called = [str(node.target) for node in graph.nodes if str(node.target).startswith("nonlin")]
    assert called == [f"nonlin.{groupwise}.default"]
