"""In place under nested transforms: as the functional operator, whatever lies inside of what."""

import pytest
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
from transforms import agree, random

pytestmark = [pytest.mark.devices, pytest.mark.usefixtures("without_vmap_fallback")]

x, w = random(2, 3, 4, 5), random(2, 3, 5)


def loss(f):
    return lambda *t: (f(*t) ** 2 * (t[0] + 1)).sum()


# Of a function of a matrix and a weight; `x` and `w` have two dimensions of a batch besides.
NESTINGS = {
    "vmap": lambda f: vmap(f)(x[0], w[0]),
    "vmap vmap": lambda f: vmap(vmap(f))(x, w),
    "vmap vmap, dimensions": lambda f: vmap(vmap(f, in_dims=(2, 0)), in_dims=(2, 0))(
        x.permute(2, 3, 0, 1), w
    ),
    "vmap vmap, one weight": lambda f: vmap(vmap(f, in_dims=(0, None)), in_dims=(0, None))(
        x, w[0, 0]
    ),
    "vmap vmap, weights outside": lambda f: vmap(vmap(f, in_dims=(0, None)))(x, w[:, 0]),
    "vmap vmap, weights inside": lambda f: vmap(vmap(f), in_dims=(0, None))(x, w[0]),
    "grad vmap": lambda f: grad(loss(vmap(f)), (0, 1))(x[0], w[0]),
    "grad vmap vmap": lambda f: grad(loss(vmap(vmap(f))), (0, 1))(x, w),
    "vmap grad": lambda f: vmap(grad(loss(f), (0, 1)))(x[0], w[0]),
    "vmap vmap grad": lambda f: vmap(vmap(grad(loss(f), (0, 1))))(x, w),
    "vmap grad vmap": lambda f: vmap(grad(loss(vmap(f)), (0, 1)))(x, w),
    "jvp vmap": lambda f: jvp(vmap(f), (x[0], w[0]), (x[0].cos(), w[0].cos())),
    "vmap jvp": lambda f: vmap(lambda *t: jvp(f, t, tuple(a.cos() for a in t)))(x[0], w[0]),
    "vjp vmap": lambda f: vjp(vmap(f), x[0], w[0])[1](x[0].cos()),
    "jacrev vmap": lambda f: jacrev(vmap(f), 1)(x[0, :2, :2], w[0, :2]),
    "jacfwd vmap": lambda f: jacfwd(vmap(f), 1)(x[0, :2, :2], w[0, :2]),
    "hessian vmap": lambda f: hessian(loss(vmap(f)), 1)(x[0, :2, :2], w[0, :2]),
    "grad grad vmap": lambda f: grad(lambda *t: (grad(loss(vmap(f)))(*t) ** 2).sum(), (0, 1))(
        x[0], w[0]
    ),
}


@pytest.mark.parametrize("name", NESTINGS)
@pytest.mark.parametrize("weights", ["channels", "single"])
def test_in_place(parametric, name, weights):
    """The weight of all channels, or a single one, is batched or not."""

    def given(w):
        return w if weights == "channels" else w[..., :1]

    def in_place(x, w):
        return parametric.inplace(x * 1, given(w))

    def functional(x, w):
        return parametric.forward(x * 1, given(w))

    agree(NESTINGS[name](in_place), NESTINGS[name](functional))


def test_what_is_batched_is_written(parametric):
    """The tensor itself, through all of its wrappers, and through a view of it."""
    for view in (lambda t: t, lambda t: t[..., ::2]):
        y, weight = x.clone(), view(w)
        want = vmap(vmap(parametric.forward))(view(x), weight)
        vmap(vmap(lambda t, v, view=view: parametric.inplace(view(t), v)))(y, weight)
        agree(view(y), want)
