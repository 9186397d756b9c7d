"""Bad groups: an error before anything is written, that names the operator and the argument."""

import warnings

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from messages import refuses
from rows import GroupwiseRow
from torch.func import grad, jvp, vmap

pytestmark = pytest.mark.devices

x = torch.linspace(-2, 2, 24).view(4, 6)
index = torch.zeros(4, 3, dtype=torch.uint8)
# The argument that holds whole groups, or what becomes of them.
FIRST = {"_backward": "grad_output", "_gather": "input"}
each_kind = pytest.mark.parametrize("kind", GroupwiseRow.KINDS)
GROUPED = ("", "out", "_with_index", "_gather")


def call(case, kind: str, k: int = 2, dim: int = -1, first=None, **given):
    if first is None:
        first = torch.ones(4, 3) if kind == "_backward" else x
    tensors = (first, given.get("index", index)) if kind in FIRST else (first,)
    named = {"out": given.get("out", torch.zeros(4, 3))} if kind == "out" else {}
    return case.overload(kind)(*tensors, k, dim, **named)


@each_kind
@pytest.mark.parametrize(
    "dtype", [torch.int64, torch.uint8, torch.bool, torch.complex64, torch.float8_e4m3fn], ids=str
)
def test_dtype(groupwise, kind, dtype):
    shape = (4, 3) if kind == "_backward" else (4, 6)
    t = torch.zeros(shape, dtype=torch.uint8).to(dtype)
    words = ("float64, float32, float16 or bfloat16", str(dtype).removeprefix("torch."))
    for device in (x.device, "meta"):
        run = lambda: call(groupwise, kind, first=t.to(device))  # noqa: E731, B023
        refuses(groupwise, kind, NotImplementedError, FIRST.get(kind, "self"), *words, run=run)


@pytest.mark.parametrize(("k", "dim"), [(4, 1), (0, 1), (2, 5)])
def test_messages_name_what_was_called(groupwise, k, dim):
    """Also where another operator is called in its place, for a derivative."""

    def forward(t):
        return groupwise.forward(t, k, dim).sum()

    for run in (
        lambda: forward(x.clone().requires_grad_()),
        lambda: grad(forward)(x),
        lambda: jvp(forward, (x,), (x,)),
        lambda: vmap(grad(forward))(x.expand(3, 4, 6)),
    ):
        wrong = pytest.raises((ValueError, IndexError), match=rf"^nonlin::{groupwise}: `(k|dim)` ")
        with wrong:
            run()


@each_kind
@pytest.mark.parametrize("k", [0, -1, -6, 257, 1000, 2**40])
def test_k_out_of_range(groupwise, kind, k):
    out = torch.full((4, 3), 7.0)
    run = lambda: call(groupwise, kind, k, out=out)  # noqa: E731
    refuses(groupwise, kind, ValueError, "k", "1", "256", str(k), run=run)
    assert (out == 7).all()


@pytest.mark.parametrize("kind", GROUPED)
@pytest.mark.parametrize(("k", "dim"), [(4, 1), (5, -1), (12, 1), (3, 0), (256, 0)])
def test_k_does_not_divide(groupwise, kind, k, dim):
    words = (str(x.shape[dim]), f"dimension {dim % 2}", str(k))
    run = lambda: call(groupwise, kind, k, dim)  # noqa: E731
    refuses(groupwise, kind, ValueError, "k", *words, run=run)


@each_kind
def test_dim(groupwise, kind):
    for dim in (2, -3, 100):
        run = lambda d=dim: call(groupwise, kind, 2, d)  # noqa: E731
        refuses(groupwise, kind, IndexError, "dim", "-2", "1", str(dim), run=run)


@each_kind
def test_no_dimension(groupwise, kind):
    scalar = torch.tensor(1.0)
    with pytest.raises((RuntimeError, IndexError), match=f"nonlin::{groupwise}.*dimension"):
        call(groupwise, kind, 1, first=scalar, index=torch.tensor(0, dtype=torch.uint8))


@pytest.mark.parametrize("kind", FIRST)
def test_index(groupwise, kind):
    for bad, words in (
        (index.long(), ("uint8", "int64")),
        (index.bool(), ("uint8", "bool")),
        (index.to(torch.int8), ("uint8", "int8")),
        (index.float(), ("uint8", "float32")),
        (index.to("meta"), (str(x.device), "meta")),
    ):
        run = lambda b=bad: call(groupwise, kind, index=b)  # noqa: E731
        refuses(groupwise, kind, RuntimeError, "index", *words, run=run)
    argument = "grad_output" if kind == "_backward" else "index"
    for bad in (index[:, :2], index[:3], index.t(), index[None]):
        words = (str(list(bad.shape)), "[4, 3]")
        run = lambda b=bad: call(groupwise, kind, index=b)  # noqa: E731
        refuses(groupwise, kind, RuntimeError, argument, *words, run=run)


@each_kind
def test_no_tensor(groupwise, kind):
    for bad in (1.0, "x", [1.0], 3, None):
        tensors = (bad, index) if kind in FIRST else (bad,)
        with pytest.raises((TypeError, RuntimeError), match=f"nonlin::{groupwise}"):
            groupwise.overload(kind)(*tensors, 2, **({"out": x} if kind == "out" else {}))
    if kind in FIRST:
        with pytest.raises((TypeError, RuntimeError), match=f"nonlin::{groupwise}"):
            groupwise.overload(kind)(torch.ones(4, 6), None, 2)


@pytest.mark.parametrize("kind", GROUPED)
def test_wrong_types_of_numbers(groupwise, kind):
    for k, dim in ((2.5, 0), ("2", 0), (None, 0), (2, 0.5), (2, "x")):
        with pytest.raises((TypeError, RuntimeError), match=f"nonlin::{groupwise}"):
            call(groupwise, kind, k, dim)


@each_kind
def test_meta_tensors(groupwise, kind):
    """Compilers see the same errors, before the program runs."""
    shape = (4, 3) if kind == "_backward" else (4, 6)
    meta = {
        "first": torch.empty(shape, device="meta"),
        "index": index.to("meta"),
        "out": torch.empty(4, 3, device="meta"),
    }
    run = lambda: call(groupwise, kind, 300, **meta)  # noqa: E731
    refuses(groupwise, kind, ValueError, "k", "256", "300", run=run)
    run = lambda: call(groupwise, kind, 2, 7, **meta)  # noqa: E731
    refuses(groupwise, kind, IndexError, "dim", "7", run=run)
    if kind in GROUPED:
        run = lambda: call(groupwise, kind, 4, **meta)  # noqa: E731
        refuses(groupwise, kind, ValueError, "k", "6", "4", run=run)


def test_out(groupwise, capfd):
    """Of the type of the input; any layout is written, what does not fit is resized."""
    for bad in (torch.zeros(4, 3, dtype=torch.float64), torch.zeros(4, 3, dtype=torch.int64)):
        words = ("float32", str(bad.dtype).removeprefix("torch."))
        run = lambda b=bad: call(groupwise, "out", out=b)  # noqa: E731
        refuses(groupwise, "out", RuntimeError, "out", *words, run=run)
        assert not bad.any()
    run = lambda: call(groupwise, "out", out=torch.empty(4, 3, device="meta"))  # noqa: E731
    refuses(groupwise, "out", RuntimeError, "out", str(x.device), "meta", run=run)
    want = groupwise.forward(x, 2)
    for out in (torch.empty(3, 4).t(), torch.empty(4, 6)[:, ::2], torch.empty(8, 3)[::2]):
        strides = out.stride()
        assert groupwise.out(x, 2, out=out) is out
        assert torch.equal(out, want) and out.stride() == strides and out._version == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an empty tensor is resized without a word
        assert torch.equal(groupwise.out(x, 2, out=torch.empty(0)), want)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert torch.equal(groupwise.out(x, 2, out=torch.empty(5)), want)
    # PyTorch 2.11 prints what registered operators warn of.
    said = "".join(str(warning.message) for warning in caught) + capfd.readouterr().err
    assert "An output with one or more elements was resized" in said


def test_overlaps(groupwise):
    """Groups are read after others have been written: no memory may be shared, for k = 1 too."""
    storage = torch.linspace(-2, 2, 24)
    before = storage.clone()
    for self, k, out in (
        (storage, 2, storage[:12]),
        (storage, 2, storage[12:]),
        (storage[:12], 1, storage[4:16]),
        (storage[:8].view(2, 4), 2, storage[6:10].view(2, 2)),
    ):
        run = lambda s=self, k=k, o=out: groupwise.out(s, k, out=o)  # noqa: E731
        refuses(groupwise, "out", RuntimeError, "out", "self", run=run)
    target = torch.ones(1).expand(12)
    run = lambda: groupwise.out(storage, 2, out=target)  # noqa: E731
    refuses(groupwise, "out", RuntimeError, "out", run=run)
    assert torch.equal(storage, before) and target[0] == 1
    groupwise.out(storage[:16], 2, out=storage[16:])
    assert torch.equal(storage[16:], before[1:16:2])


def test_out_and_gradients(groupwise):
    """`out=` cannot be differentiated, and says so before it writes."""
    out, leaf = torch.zeros(4, 3), x.clone().requires_grad_()
    for arguments in ((leaf, 2, out), (x, 2, out.clone().requires_grad_())):
        with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
            groupwise.out(*arguments)
    with forward_ad.dual_level(), pytest.raises(RuntimeError):
        groupwise.out(forward_ad.make_dual(x, torch.ones_like(x)), 2, out=out)
    assert not out.any()
    with torch.no_grad():
        assert torch.equal(groupwise.out(leaf, 2, out=out), groupwise.forward(x, 2))


def test_errors_under_vmap(groupwise):
    """They count the dimensions of one sample."""
    batch = torch.rand(5, 4, 6)
    for run, word in (
        (lambda: vmap(lambda t: groupwise.forward(t, 4))(batch), "`k`"),
        (lambda: vmap(lambda t: groupwise.forward(t, 0))(batch), "`k`"),
        (lambda: vmap(lambda t: groupwise.forward(t, 2, 2))(batch), "`dim`"),
        (lambda: vmap(lambda t: groupwise.forward(t, 2, -3))(batch), "`dim`"),
        (lambda: vmap(lambda t: groupwise.forward(t, 1))(batch[:, 0, 0]), "dimension"),
    ):
        with pytest.raises((RuntimeError, IndexError, ValueError), match="nonlin::") as caught:
            run()
        assert word in str(caught.value)
