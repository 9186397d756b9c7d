"""Results in memory that overlaps with what is read: right, or refused before anything is written.

The reference knows every element's place. Views are those that programs make, and any others.
"""

import random

import pytest
import torch
from accuracy import same_bits
from messages import refuses
from passes import ELEMENTWISE
from rows import GROUPWISE, PARAMETRIC, POINTWISE

NUMEL = 600


def places(t: torch.Tensor) -> list[int]:
    """The place in its storage of every element of a tensor."""
    every = torch.arange(t.untyped_storage().nbytes() // t.element_size())
    return every.as_strided(t.size(), t.stride(), t.storage_offset()).flatten().tolist()


def views(generator: random.Random, buffer: torch.Tensor, rank: int):
    """Slices, steps, transposes and whatever as_strided allows, of one shape."""
    sizes = [generator.randint(1, 5) for _ in range(rank)]
    while True:
        if generator.random() < 0.5:
            strides = [generator.choice((1, 2, 3, 5, 6, 12, 25, 30)) for _ in sizes]
        else:
            strides, step = [], generator.choice((1, 1, 2, 3))
            for size in reversed(sizes):
                strides.insert(0, step)
                step *= size + generator.choice((0, 0, 1, 3))
        extent = sum((n - 1) * s for n, s in zip(sizes, strides, strict=True)) + 1
        if extent <= NUMEL:
            offset = generator.randint(0, min(NUMEL - extent, 40))
            yield buffer.as_strided(sizes, strides, offset)


def check(run, buffer, out, read, same_allowed: bool) -> str:
    """One call into `out`, which reads `read`."""
    before, at, elsewhere = buffer.clone(), places(out), [places(t) for t in read]
    twice = len(set(at)) < len(at)
    shared = [bool(set(at) & set(other)) for other in elsewhere]
    allowed = [same_allowed and at == other and i == 0 for i, other in enumerate(elsewhere)]
    bad = twice or any(s and not a for s, a in zip(shared, allowed, strict=True))
    want = run(torch.empty(out.shape), *(t.clone() for t in read))
    try:
        run(out, *read)
    except RuntimeError as error:
        assert bad, f"refused, though all is apart: {error}"
        assert same_bits(buffer, before)
        return "refused"
    assert not bad, f"{out.size()} {out.stride()} {out.storage_offset()}"
    assert same_bits(out, want)
    return "right"


def outcomes(run, cases, same_allowed: bool) -> None:
    seen = [check(run, *case, same_allowed) for case in cases]
    assert {"right", "refused"} <= set(seen)


def test_pointwise():
    generator = random.Random(1)

    def cases():
        for _ in range(600):
            buffer = torch.randn(NUMEL)
            made = views(generator, buffer, generator.randint(1, 3))
            x, out = next(made), next(made)
            yield buffer, x if generator.random() < 0.1 else out, [x]

    outcomes(lambda out, x: POINTWISE[0].out(x, out=out), cases(), True)


@pytest.mark.parametrize("form", ["out", "in place"])
def test_parametric(form):
    generator = random.Random(2)

    def cases():
        for _ in range(600):
            buffer = torch.randn(NUMEL)
            made = views(generator, buffer, generator.randint(2, 3))
            x, out = next(made), next(made)
            if form == "in place" or generator.random() < 0.1:
                out = x
            weight = buffer[generator.randint(0, NUMEL - 20) :][:: generator.randint(1, 3)]
            yield buffer, out, [x, weight[: x.shape[1]]]

    row = PARAMETRIC[0]

    def run(out, x, w):
        if form == "out":
            return row.out(x, w, out=out)
        if out is not x and not same_bits(out, x):
            out.copy_(x)
        return row.inplace(out, w)

    outcomes(run, cases(), True)


def test_groupwise():
    generator = random.Random(3)

    def cases():
        for _ in range(600):
            buffer = torch.randn(NUMEL)
            out = next(views(generator, buffer, 2))
            strides = [generator.choice((1, 2, 10, 12)), generator.choice((1, 2, 3, 24))]
            x = buffer.as_strided(
                (out.shape[0], 2 * out.shape[1]), strides, generator.randint(0, 200)
            )
            yield buffer, out, [x]

    row = GROUPWISE[0]
    outcomes(lambda out, x: row.out(x, 2, out=out), cases(), False)


ROWS = pytest.mark.parametrize("elementwise", ELEMENTWISE, ids=str)
STORAGE = torch.linspace(-2, 2, 16)


@pytest.mark.devices
@ROWS
def test_the_same_memory(elementwise):
    """An exact alias is allowed, and so are neighbours."""
    for s in elementwise.with_input(torch.randn(4, 6)):
        want, more = elementwise.forward(*s.arguments), s.arguments[1:]
        for view in (lambda t: t, lambda t: t.view(2, 12).view(4, 6)):
            x = s.input.clone()
            elementwise.out(x, *more, out=view(x))
            assert same_bits(x, want)
        storage = s.input.repeat(2, 1)
        elementwise.out(storage[:4], *more, out=storage[4:])
        assert same_bits(storage[4:], want) and same_bits(storage[:4], s.input)


@pytest.mark.devices
@ROWS
def test_partial_overlap(elementwise):
    t = STORAGE.clone()
    one = (torch.tensor(0.5),) * (len(elementwise.TENSORS) - 1)
    for self, out in ((t[:8], t[4:12]), (t[4:12], t[:8]), (t.view(4, 4), t.view(4, 4).t())):
        run = lambda s=self, o=out: elementwise.out(s, *one, out=o)  # noqa: E731
        refuses(elementwise, "out", RuntimeError, "out", "self", run=run)
    assert torch.equal(t, STORAGE)


@pytest.mark.devices
def test_groups(groupwise):
    """They are read after others have been written: no memory may be shared, for k = 1 too."""
    t = STORAGE.clone()
    for self, k, out in (
        (t, 2, t[:8]),
        (t, 2, t[8:]),
        (t[:12], 1, t[4:]),
        (t[:8].view(2, 4), 2, t[6:10].view(2, 2)),
    ):
        run = lambda s=self, k=k, o=out: groupwise.out(s, k, out=o)  # noqa: E731
        refuses(groupwise, "out", RuntimeError, "out", "self", run=run)
    assert torch.equal(t, STORAGE)
    groupwise.out(t[:10], 2, out=t[10:15])
    assert torch.equal(t[10:15], STORAGE[1:10:2])


@pytest.mark.devices
def test_expanded_targets(activation):
    for shape in ((4,), (3, 4)):
        target = torch.ones(1).expand(shape)
        for s in activation.with_input(torch.zeros(shape)):
            if activation.has_inplace:
                run = lambda s=s: activation.inplace(target, *s.arguments[1:])  # noqa: E731, B023
                refuses(activation, "_", RuntimeError, "self", "clone", run=run)
            out = torch.ones(1).expand(activation.forward(*s.arguments).shape)
            if out.numel() > 1:
                run = lambda s=s, o=out: activation.out(*s.arguments, out=o)  # noqa: E731
                refuses(activation, "out", RuntimeError, "out", run=run)
            assert target.unique().item() == 1 and (out == 1).all()


@pytest.mark.devices
def test_a_target_that_overlaps_its_weight(parametric):
    """Weights that were written before they are read would be silently wrong."""
    t = STORAGE[:12].clone()
    target, w = t.view(4, 3), t[3:6]
    name = parametric.weight
    refuses(parametric, "_", RuntimeError, name, run=lambda: parametric.inplace(target, w))
    run = lambda: parametric.out(torch.ones(4, 3), w, out=target)  # noqa: E731
    refuses(parametric, "out", RuntimeError, name, run=run)
    assert torch.equal(t, STORAGE[:12])


@pytest.mark.smoke
def test_what_programs_write():
    b = torch.randn(4, 750)
    for operator in POINTWISE:
        want, c = operator.forward(b[:, ::2]), b.clone()
        operator.out(c[:, ::2], out=c[:, 1::2])
        assert same_bits(c[:, 1::2], want) and same_bits(c[:, ::2], b[:, ::2])
        for left, right in ((c[:, :500], c[:, 250:]), (c[:3], c[1:]), (c[:, :4], c[:, :4].t())):
            before = c.clone()
            with pytest.raises(RuntimeError, match="`out` must be `self` itself or share no"):
                operator.out(left, out=right)
            assert same_bits(c, before)
        with pytest.raises(RuntimeError, match="must not overlap itself"):
            operator.inplace(c.as_strided((5, 5), (2, 3)))
    row = GROUPWISE[0]
    with pytest.raises(RuntimeError, match="`out` must share no memory with `self`"):
        row.out(b[:, :600], 2, out=b[:, 300:600])
    want = row.forward(b[:, :300], 2)
    assert same_bits(row.out(b[:, :300], 2, out=b[:, 600:]), want)


@pytest.mark.smoke
def test_undecided_memory_is_read_first():
    """Tensors whose elements begin within each other's are not told apart, but read before."""
    memory = bytearray(4096)
    x = torch.frombuffer(memory, dtype=torch.float32, offset=0, count=500)
    out = torch.frombuffer(memory, dtype=torch.float32, offset=2, count=500)
    x.copy_(torch.randn(500))
    want = POINTWISE[0].forward(x.clone())
    assert same_bits(POINTWISE[0].out(x, out=out).clone(), want)
    w = torch.frombuffer(memory, dtype=torch.float32, offset=2, count=1)
    x.copy_(torch.randn(500))
    for row in PARAMETRIC:
        weight = w.copy_(torch.tensor([0.25])).clone()
        want = row.forward(x.clone(), weight)
        assert same_bits(row.inplace(x, w), want)


@pytest.mark.smoke
def test_lazy_clones_are_apart():
    """They share memory until one of them is written."""
    x = torch.randn(6)
    for run in (POINTWISE[0].out, lambda x, out: GROUPWISE[0].out(x, 1, out=out)):
        want = x.clone()
        out = torch._lazy_clone(x)
        run(x, out=out)
        assert same_bits(x, want)
