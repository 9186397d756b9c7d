"""torch.func: every transform and nestings to third order, never by a loop over the batch."""

from itertools import islice, product

import pytest
from operators import each_derivative
from torch.func import grad, jacrev, jvp, vjp, vmap
from transforms import (
    agree,
    agree_with_single_calls,
    batched,
    call,
    chain,
    every,
    functions,
    in_dims,
    loss,
    stacked,
    tangents,
)

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("without_vmap_fallback"),
    # torch.func.linearize warns of its own graph.
    pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node"),
]
# Each item is a few that are alike.
CHAINS = [
    "grad, vjp, jvp, linearize",
    "jacrev, jacfwd, hessian",
    "functionalize, functionalize grad",
    "jacrev jacrev, jacfwd jacfwd, jacrev jacfwd",
    "grad grad, vjp vjp",
    "jvp grad, grad jvp, jvp jvp",
    "grad grad grad, hessian grad",
    "jacfwd hessian, jacrev hessian",
    "jvp jvp jvp",
    "vmap, vmap vmap",
    "functionalize vmap, vmap functionalize",
    "vmap grad, vmap vmap grad, vmap grad vmap",
    "grad vmap, grad vmap vmap, grad grad vmap",
    "vmap jvp, jvp vmap",
    "vmap vjp, vjp vmap",
    "vmap jacrev, vmap jacfwd, vmap hessian",
    "jacrev vmap, jacfwd vmap, hessian vmap",
    "vmap grad hessian",
]
# Where the tensors of a call are batched.
POSITIONS = {
    1: [(0,), (1,), (-1,)],
    2: [(0, None), (1, None), (-1, None), (None, 0), (None, -1), (0, 0), (1, -1)],
}


@pytest.mark.parametrize("names", CHAINS)
def test_transform(activation, names):
    """With respect to all tensors; functional and in place."""
    for name, sample in product(names.split(", "), activation.small()):
        tensors = sample.tensors
        for size in (3, 2)[: name.count("vmap")]:
            tensors = tuple(batched(t, size) for t in tensors)
        ours, theirs = functions(activation, sample)
        want = chain(name, theirs)(*tensors)
        for f in ours:
            agree(chain(name, f)(*tensors), want, f"{name}, {sample.name}, {f.__name__}")


ONE = (
    lambda f, x, w, name: chain(name, lambda x: f(x, w))(x),
    lambda f, x, w, name: chain(name, lambda w: f(x, w))(w),
)


@pytest.mark.parametrize("name", ["grad", "jvp", "hessian", "jacrev jacfwd", "jacrev hessian"])
def test_one_of_two_tensors(parametric, name):
    for sample in parametric.small():
        ours, theirs = functions(parametric, sample)
        for one in ONE:
            agree(*(one(f, *sample.tensors, name) for f in (ours[0], theirs)), sample.name)


@pytest.mark.parametrize("name", ["", "grad", "jvp", "hessian", "functionalize"])
def test_vmap(activation, name):
    """Over each tensor and over all, each along a dimension of its own; 4 samples, 1 or none."""
    for sample in activation.small():
        ours, theirs = functions(activation, sample)
        for positions in POSITIONS[len(sample.tensors)]:
            dims = in_dims(sample.tensors, positions)
            # What is batched cannot be written into what is not; PyTorch's own operators fail at
            # no samples of no dimension.
            forms = ours if positions[0] is not None else ours[:1]
            for f, size in product(forms, (4, 1, 0) if sample.input.dim() else (4, 1)):
                tensors = stacked(sample.tensors, positions, size)
                got, want = (vmap(chain(name, g), dims)(*tensors) for g in (f, theirs))
                agree(got, want, f"{sample.name}, {f.__name__}, {positions}, {size}")


def test_vmap_places_its_results(activation):
    """Along any dimension, and in chunks."""
    for sample in activation.small():
        dims = in_dims(sample.tensors, every(sample.tensors))
        tensors = stacked(sample.tensors, every(sample.tensors), 4)
        for f in functions(activation, sample)[0]:
            want = vmap(f, dims)(*tensors)
            agree(vmap(f, dims, out_dims=-1)(*tensors), want.movedim(0, -1))
            agree(vmap(f, dims, chunk_size=3)(*tensors), want)


LEVELS = {1: [(0,), (1,), (-1,)], 2: [(0, None), (None, 0), (0, 0), (1, -1)]}


@pytest.mark.parametrize("name", ["", "grad"])
def test_nested_vmaps(activation, name):
    """Each level batches tensors of its own choice, along dimensions of its own."""
    for sample in activation.small():
        ours, theirs = functions(activation, sample)
        for outer, inner in product(LEVELS[len(sample.tensors)], repeat=2):
            once = stacked(sample.tensors, inner, 3)
            tensors = stacked(once, outer, 2)
            dims = in_dims(sample.tensors, inner), in_dims(once, outer)
            for f in ours if None not in (outer[0], inner[0]) else ours[:1]:
                got, want = (vmap(vmap(chain(name, g), dims[0]), dims[1]) for g in (f, theirs))
                agree(got(*tensors), want(*tensors), f"{sample.name}, {outer}, {inner}")


# Of a function of the tensors p and of many of each.
BETWEEN = {
    "over tangents": lambda f, p, many: vmap(lambda *d: jvp(f, p, d)[1])(*tangents(many)),
    "over one tangent": lambda f, p, many: [
        vmap(lambda d: jvp(f, p, tuple(d if i == j else t for j, t in enumerate(p)))[1])(many[i])  # noqa: B023
        for i in every(p)
    ],
    "over cotangents": lambda f, p, many: vmap(vjp(f, *p)[1], -1)(
        batched(f(*p).cos(), 3, f(*p).dim())
    ),
    "over primals": lambda f, p, many: vmap(lambda *s: jvp(f, s, tangents(p))[1])(*many),
    "inside of grad": lambda f, p, many: grad(
        lambda x, *w: vmap(loss(f), (0, *[None] * len(w)))(x, *w).sum(), every(p)
    )(many[0], *p[1:]),
    "inside of jacrev": lambda f, p, many: [
        jacrev(lambda *w: vmap(lambda x: f(x, *w))(many[0]), every(w))(*w) for w in [p[1:]] if w
    ],
}
# PyTorch writes tangents in place, and cannot write a batched one into one that is not.
FUNCTIONAL = {"over one tangent", "over primals"}


@pytest.mark.parametrize("name", BETWEEN)
def test_vmap_between_derivatives(activation, name):
    for sample in activation.small():
        p, (ours, theirs) = sample.tensors, functions(activation, sample)
        many = tuple(batched(t, 3) for t in p)
        want = BETWEEN[name](theirs, p, many)
        for f in ours[:1] if name in FUNCTIONAL else ours:
            agree(BETWEEN[name](f, p, many), want, f"{sample.name}, {f.__name__}")


@each_derivative
def test_operators_of_derivatives(row, kind):
    """Any of their tensors may be batched, each along a dimension of its own."""
    for sample in islice(row.small(), 3):
        operands = row.operands(kind, sample)
        f = call(row.overload(kind), operands.numbers)
        floating = tuple(i for i, t in enumerate(operands.tensors) if t.is_floating_point())
        for chosen in product((False, True), repeat=len(operands.tensors)):
            if any(chosen):
                dims = tuple((0, -1)[i % 2] if c else None for i, c in enumerate(chosen))
                tensors = stacked(operands.tensors, dims)
                for run in (f, grad(loss(f), floating)):
                    agree_with_single_calls(run, tensors, dims, f"{sample.name}, {dims}")
