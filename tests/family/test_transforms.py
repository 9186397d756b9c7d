"""torch.func: every transform and nestings to third order, never by a loop over the batch."""

import pytest
import torch
from torch.func import functionalize, grad, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap
from torch.utils._pytree import tree_leaves
from transforms import agree, loss, random, squared

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("without_vmap_fallback"),
    # torch.func.linearize warns of its own graph.
    pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node"),
]


x, t = random(5), random(5, 1)[:, 0]
batch, blocks, matrix = random(3, 5), random(2, 3, 5), random(5, 4)


TRANSFORMS = {
    "grad": lambda f: grad(loss(f))(x),
    "vjp": lambda f: vjp(f, x)[1](t)[0],
    "jvp": lambda f: jvp(f, (x,), (t,)),
    "linearize": lambda f: linearize(f, x)[1](t),
    "jacrev": lambda f: jacrev(f)(x),
    "jacfwd": lambda f: jacfwd(f)(x),
    "hessian": lambda f: hessian(loss(f))(x),
    "jacrev jacrev": lambda f: jacrev(jacrev(loss(f)))(x),
    "jacfwd jacfwd": lambda f: jacfwd(jacfwd(loss(f)))(x),
    "jacrev jacfwd": lambda f: jacrev(jacfwd(loss(f)))(x),
    "grad grad": lambda f: grad(squared(grad(loss(f))))(x),
    "jvp grad": lambda f: jvp(grad(loss(f)), (x,), (t,)),
    "grad jvp": lambda f: grad(lambda z: jvp(loss(f), (z,), (t,))[1])(x),
    "jvp jvp": lambda f: jvp(lambda z: jvp(f, (z,), (t,))[1], (x,), (t,)),
    "vjp vjp": lambda f: vjp(lambda z: vjp(f, z)[1](t)[0], x)[1](t)[0],
    "functionalize": lambda f: functionalize(f)(x),
    "functionalize grad": lambda f: functionalize(grad(loss(f)))(x),
}
BATCHED = {
    "vmap": lambda f: vmap(f)(batch),
    "vmap in 1": lambda f: vmap(f, in_dims=1)(matrix),
    "vmap in -1 out 1": lambda f: vmap(f, in_dims=-1, out_dims=1)(matrix),
    "vmap in 2": lambda f: vmap(f, in_dims=2)(blocks),
    "vmap of 0": lambda f: vmap(f)(batch[:0]),
    "vmap of 1": lambda f: vmap(f)(batch[:1]),
    "vmap of scalars": lambda f: vmap(f)(x),
    "vmap in chunks": lambda f: vmap(f, chunk_size=2)(batch),
    "vmap vmap": lambda f: vmap(vmap(f))(blocks),
    "vmap 2 vmap 1": lambda f: vmap(vmap(f, in_dims=1), in_dims=2)(blocks),
    "vmap grad": lambda f: vmap(grad(loss(f)))(batch),
    "vmap grad of 0": lambda f: vmap(grad(loss(f)))(batch[:0]),
    "vmap in 1 grad": lambda f: vmap(grad(loss(f)), in_dims=1)(matrix),
    "vmap vmap grad": lambda f: vmap(vmap(grad(loss(f))))(blocks),
    "grad vmap": lambda f: grad(lambda z: vmap(loss(f), in_dims=1)(z).sum())(matrix),
    "vmap jvp": lambda f: vmap(lambda z, d: jvp(f, (z,), (d,))[1])(batch, batch * 0.5),
    "vmap jvp, one tangent": lambda f: vmap(lambda z: jvp(f, (z,), (t,))[1])(batch),
    "vmap over tangents": lambda f: vmap(lambda d: jvp(f, (x,), (d,))[1], in_dims=1)(matrix),
    "vmap over cotangents": lambda f: vmap(lambda d: vjp(f, x)[1](d)[0], in_dims=1)(matrix),
    "vmap jacrev": lambda f: vmap(jacrev(f))(batch),
    "vmap jacfwd": lambda f: vmap(jacfwd(f))(batch),
    "vmap hessian": lambda f: vmap(hessian(loss(f)))(batch),
    "jacrev vmap": lambda f: jacrev(vmap(f))(batch),
    "functionalize vmap": lambda f: functionalize(vmap(f))(batch),
    "vmap functionalize": lambda f: vmap(functionalize(f))(batch),
}
THIRD_ORDER = {
    "grad grad grad": lambda f: grad(squared(grad(squared(grad(loss(f))))))(x),
    "jacfwd hessian": lambda f: jacfwd(hessian(loss(f)))(x),
    "jacrev hessian": lambda f: jacrev(hessian(loss(f)))(x),
    "hessian grad": lambda f: hessian(squared(grad(loss(f))))(x),
    "jvp jvp jvp": lambda f: jvp(
        lambda a: jvp(lambda b: jvp(f, (b,), (t,))[1], (a,), (t,))[1], (x,), (t,)
    ),
    "vmap grad hessian": lambda f: vmap(grad(squared(hessian(loss(f)))))(batch),
}


@pytest.mark.parametrize("name", [*TRANSFORMS, *BATCHED])
def test_transform(operator, name):
    transform = (TRANSFORMS | BATCHED)[name]
    agree(transform(operator.forward), transform(operator.expression))


@pytest.mark.parametrize("name", THIRD_ORDER)
def test_third_order(case, name):
    agree(THIRD_ORDER[name](case.forward), THIRD_ORDER[name](case.expression))


# PyTorch writes the tangent in place, and cannot write a batched one into one that is not.
UNSUPPORTED_IN_PLACE = {"vmap jvp, one tangent"}


@pytest.mark.parametrize("name", [n for n in TRANSFORMS | BATCHED if n not in UNSUPPORTED_IN_PLACE])
def test_in_place(operator, name):
    def written(z):
        z = z.clone()
        operator.inplace(z)
        return z

    transform = (TRANSFORMS | BATCHED)[name]
    agree(transform(written), transform(operator.expression))


DERIVATIVES = {
    "both": ((0, 0), lambda: (batch, batch * 0.5)),
    "different dimensions": ((1, 0), lambda: (random(5, 3), batch)),
    "only the first": ((0, None), lambda: (batch, x)),
    "only the last": ((None, 1), lambda: (t, random(5, 3))),
    "negative": ((-1, None), lambda: (random(5, 3), x)),
    "of 0": ((0, None), lambda: (batch[:0], x)),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_backward_operators(operator, name):
    """Any of their tensors may be batched, each along a dimension of its own."""
    dims, make = DERIVATIVES[name]
    g, z = make()

    def backward(g, z):
        return vjp(operator.expression, z)[1](g)[0]

    def double_backward(g, z):
        v = t * 1.5
        second = vjp(lambda y: vjp(operator.expression, y)[1](v)[0], z)[1](g)[0]
        return backward(v, z), second

    pairs = (
        (operator.backward, backward),
        (lambda g, z: operator.double_backward(t * 1.5, g, z), double_backward),
    )
    for ours, theirs in pairs:
        agree(vmap(ours, dims)(g, z), vmap(theirs, dims)(g, z))
        sums = [
            lambda g, z, f=f: torch.cat(tree_leaves(f(g, z))).square().sum() for f in (ours, theirs)
        ]
        agree(*(vmap(grad(f, (0, 1)), dims)(g, z) for f in sums))


def test_in_place_writes_through(operator):
    z = matrix.clone()
    returned = vmap(operator.inplace, in_dims=1, out_dims=1)(z)
    agree(z, operator.expression(matrix))
    agree(returned, z)


def test_in_place_on_a_tensor_outside_of_the_batch(operator):
    """It is legal when nothing batched is written."""
    z = x.clone()
    vmap(lambda b: (operator.inplace(z), b)[1])(batch)
    agree(z, operator.expression(x))


def test_functional_graph(operator):
    """Functionalization turns the in-place and the out operator into the functional one."""
    from torch.fx.experimental.proxy_tensor import make_fx

    def f(z):
        y = z * 2
        operator.inplace(y)
        return operator.out(y, out=torch.empty_like(y))

    graph = make_fx(functionalize(f))(x).graph
    called = [str(node.target) for node in graph.nodes if str(node.target).startswith("nonlin")]
    assert called == [f"nonlin.{operator.operator}.default"] * 2


def test_autocast(operator):
    """The type of the input is kept under autocast, as by PyTorch's own; under vmap too."""
    z = batch.float()
    with torch.autocast(z.device.type, dtype=torch.bfloat16):
        assert operator.forward(z).dtype == torch.float32
        assert vmap(operator.forward)(z).dtype == torch.float32
        assert vmap(operator.forward)(z.bfloat16()).dtype == torch.bfloat16
