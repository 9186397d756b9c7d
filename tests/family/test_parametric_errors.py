"""Bad input to operators with a weight: an error that names the argument, before a write."""

import pytest
import torch
from messages import refuses
from rows import ParametricRow

pytestmark = pytest.mark.devices

x, w = torch.linspace(-2, 2, 6).view(2, 3), torch.tensor([0.1, 0.2, 0.3])
each_kind = pytest.mark.parametrize("kind", ParametricRow.KINDS)


def call(case, kind: str, dim: int = 1, **given):
    """Calls an operator with x for every tensor but the weights, unless given by name."""
    overload = case.overload(kind)
    self = given.setdefault("self", x.clone())
    defaults = {"grad_grad_weight": w, case.weight: w, "dim": dim}
    names = [a.name for a in overload._schema.arguments if a.name not in ("output_mask", "out")]
    positional = [given.get(name, defaults.get(name, self)) for name in names]
    return overload(*positional, **({"out": given.get("out", self)} if kind == "out" else {}))


def check(case, kind: str, error, argument: str, *words: str, dim: int = 1, **given) -> None:
    """It refuses, and what it would write is as before."""
    given.setdefault("self", x.clone())
    before = [t.clone() for t in given.values() if isinstance(t, torch.Tensor)]
    refuses(case, kind, error, argument, *words, run=lambda: call(case, kind, dim, **given))
    after = [t for t in given.values() if isinstance(t, torch.Tensor)]
    for a, b in zip(after, before, strict=True):
        assert a.is_meta or torch.equal(a, b)


@each_kind
@pytest.mark.parametrize(
    "dtype", [torch.int64, torch.uint8, torch.bool, torch.complex64, torch.float8_e4m3fn], ids=str
)
def test_dtype(parametric, kind, dtype):
    words = ("float64, float32, float16 or bfloat16", str(dtype).removeprefix("torch."))
    t = torch.zeros(2, 3, dtype=torch.uint8).to(dtype)
    for device in (x.device, "meta"):
        call_it = lambda: call(parametric, kind, self=t.to(device))  # noqa: E731, B023
        refuses(parametric, kind, NotImplementedError, "self", *words, run=call_it)


@each_kind
def test_weight(parametric, kind):
    """One value, or one for each entry of the dimension; type and device of the input."""
    name = parametric.weight
    for bad, words in (
        (torch.ones(4), ("one entry", "3", "dimension 1", "4")),
        (torch.ones(2), ("3", "2")),
        (torch.ones(0), ("3", "0")),
        (torch.ones(1, 3), ("one dimension", "[1, 3]")),
        (torch.ones(2, 3), ("one dimension", "[2, 3]")),
        (torch.ones(1, 1), ("one dimension", "[1, 1]")),
        (w.double(), ("float32", "float64")),
        (w.bfloat16(), ("float32", "bfloat16")),
        (w.long(), ("float32", "int64")),
        (w.to("meta"), (str(x.device), "meta")),
    ):
        check(parametric, kind, RuntimeError, name, *words, **{name: bad})


@each_kind
def test_dim(parametric, kind):
    for dim in (2, -3, 100):
        words = ("-2", "1", str(dim))
        check(parametric, kind, IndexError, "dim", *words, dim=dim)
    name = parametric.weight
    given = {name: torch.ones(6), "self": torch.ones(6)}
    check(parametric, kind, IndexError, "dim", "-1", "0", "1", **given)
    given["self"] = torch.tensor(1.0)
    check(parametric, kind, RuntimeError, name, "without dimensions", "6", **given)


@each_kind
def test_weight_of_another_dimension(parametric, kind):
    name = parametric.weight
    check(parametric, kind, RuntimeError, name, "2", "dimension 0", "3", dim=0)
    check(parametric, kind, RuntimeError, name, "2", "dimension 0", "3", dim=-2)


GRADIENTS = (
    ("_backward", "grad_output"),
    ("_double_backward", "grad_output"),
    ("_double_backward", "grad_grad_self"),
)


@pytest.mark.parametrize(("kind", "argument"), GRADIENTS)
def test_gradients(parametric, kind, argument):
    for bad, words in (
        (x.double(), ("float32", "float64")),
        (x.long(), ("float32", "int64")),
        (x[:1], ("[2, 3]", "[1, 3]")),
        (x.t(), ("[2, 3]", "[3, 2]")),
        (x[None], ("[2, 3]", "[1, 2, 3]")),
        (x.sum(), ("[2, 3]", "[]")),
        (x.to("meta"), (str(x.device), "meta")),
    ):
        check(parametric, kind, RuntimeError, argument, *words, **{argument: bad})


def test_gradient_of_the_weight(parametric):
    kind, argument = "_double_backward", "grad_grad_weight"
    for bad, words in (
        (w.double(), ("float32", "float64")),
        (w[:2], ("[3]", "[2]")),
        (w[:1], ("[3]", "[1]")),
        (w[None], ("[3]", "[1, 3]")),
        (w.sum(), ("[3]", "[]")),
        (w.to("meta"), (str(x.device), "meta")),
    ):
        check(parametric, kind, RuntimeError, argument, *words, **{argument: bad})


def test_absent_tensors(parametric):
    """None is refused by the name of the argument, unless it stands for zeros."""
    for t in (x, x.clone().requires_grad_(), x.to("meta")):
        v = w.to(t.device)
        for kind, arguments in (
            ("_backward", (None, t, v)),
            ("_double_backward", (t, v, None, t, v)),
        ):
            run = lambda k=kind, a=arguments: parametric.overload(k)(*a)  # noqa: E731
            refuses(parametric, kind, TypeError, "grad_output", run=run)
    for bad in (1.0, "x", [1.0], 3):
        for arguments in ((bad, w), (x, bad)):
            with pytest.raises((TypeError, RuntimeError), match=f"nonlin::{parametric}"):
                parametric.forward(*arguments)


@each_kind
@pytest.mark.parametrize("argument", ["self", "weight"])
def test_undefined_tensors(parametric, kind, argument):
    given = {parametric.weight if argument == "weight" else argument: None}
    if argument == "self":
        given |= dict.fromkeys(("grad_output", "grad_grad_self", "out"), x)
    with pytest.raises((TypeError, RuntimeError), match=f"nonlin::{parametric}"):
        call(parametric, kind, **given)


def test_out(parametric):
    for bad in (torch.zeros(2, 3, dtype=torch.float64), torch.zeros(2, 3, dtype=torch.int64)):
        words = ("float32", str(bad.dtype).removeprefix("torch."))
        check(parametric, "out", RuntimeError, "out", *words, out=bad)
    meta = torch.empty(2, 3, device="meta")
    check(parametric, "out", RuntimeError, "out", str(x.device), "meta", out=meta)


@each_kind
def test_meta_tensors(parametric, kind):
    """Compilers see the same errors, before the program runs."""
    name, meta, v = parametric.weight, x.to("meta"), torch.ones(4, device="meta")
    both = {"grad_grad_weight": v, name: v, "self": meta}
    refuses(
        parametric, kind, RuntimeError, name, "3", "4", run=lambda: call(parametric, kind, **both)
    )
    both |= {"grad_grad_weight": v[:3], name: v[:3]}
    run = lambda: call(parametric, kind, 5, **both)  # noqa: E731
    refuses(parametric, kind, IndexError, "dim", "-2", "1", "5", run=run)


def sparse():
    matrix = torch.rand(2, 3)
    yield "sparse COO", matrix.to_sparse()
    yield "MKLDNN", matrix.to_mkldnn()
    yield "quantized", torch.quantize_per_tensor(matrix, 0.1, 0, torch.quint8)


@pytest.mark.cpu
@each_kind
@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_layout(parametric, kind):
    for _, t in sparse():
        with pytest.raises((NotImplementedError, RuntimeError), match=f"nonlin::{parametric}"):
            call(parametric, kind, self=t)


def test_errors_under_vmap(parametric):
    """They count the dimensions of one sample."""
    from torch.func import vmap

    batch, many = torch.rand(5, 2, 3), torch.rand(5, 3)
    for run, words in (
        (lambda: vmap(parametric.forward, (0, None))(batch, torch.ones(4)), ("3", "4")),
        (lambda: vmap(parametric.forward, (0, 0))(batch, many[:, :2]), (parametric.weight,)),
        (lambda: vmap(lambda t: parametric.forward(t, w, 2))(batch), ("`dim`", "2")),
        (lambda: vmap(lambda t: parametric.forward(t, w, -3))(batch), ("`dim`", "-3")),
        (lambda: vmap(lambda t, v: parametric.forward(t, v, 2))(batch, many), ("`dim`", "2")),
        (lambda: vmap(parametric.forward, (None, 0))(x, torch.ones(5, 1, 3)), ("one dimension",)),
        (lambda: vmap(parametric.forward)(torch.ones(5), many), ()),
    ):
        with pytest.raises((RuntimeError, IndexError), match=f"nonlin::{parametric}") as caught:
            run()
        assert all(word in str(caught.value) for word in words), caught.value


def test_nothing_is_left_behind_by_an_error(parametric):
    leaf = x.clone().requires_grad_()
    for bad in (torch.ones(4), w.double()):
        with pytest.raises(RuntimeError):
            parametric.forward(leaf, bad)
    assert torch.is_grad_enabled()
    assert parametric.forward(leaf, w).requires_grad
