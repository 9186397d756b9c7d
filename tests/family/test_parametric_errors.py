"""Bad weights: an error that names the argument, before anything is written."""

import pytest
import torch
from messages import ordinary, refused
from rows import ParametricRow
from torch.func import vmap

pytestmark = pytest.mark.devices
each_kind = pytest.mark.parametrize("kind", ParametricRow.KINDS)


@each_kind
def test_weight(parametric, kind):
    """One value, or one for each entry of the dimension; type and device of the input."""
    name, x, w = parametric.weight, ordinary(), torch.ones(6)
    for bad, words in (
        (torch.ones(4), ("one entry", "6", "dimension 1", "4")),
        (torch.ones(2), ("6", "2")),
        (torch.ones(0), ("6", "0")),
        (torch.ones(1, 6), ("one dimension", "[1, 6]")),
        (torch.ones(4, 6), ("one dimension", "[4, 6]")),
        (torch.ones(1, 1), ("one dimension", "[1, 1]")),
        (w.double(), ("float32", "float64")),
        (w.bfloat16(), ("float32", "bfloat16")),
        (w.long(), ("float32", "int64")),
        (w.to("meta"), (str(x.device), "meta")),
    ):
        refused(parametric, kind, RuntimeError, name, *words, **{name: bad})
    meta = {"self": x.to("meta"), name: torch.ones(4, device="meta")}
    refused(parametric, kind, RuntimeError, name, "6", "4", **meta)
    for dim in (0, -2):
        refused(parametric, kind, RuntimeError, name, "4", "dimension 0", "6", dim=dim)
    scalar = {"self": torch.tensor(1.0), name: w}
    refused(parametric, kind, RuntimeError, name, "without dimensions", "6", **scalar)


@each_kind
def test_dim(parametric, kind):
    for self in (ordinary(), ordinary().to("meta")):
        for dim in (2, -3, 100):
            refused(parametric, kind, IndexError, "dim", "-2", "1", str(dim), self=self, dim=dim)
    refused(parametric, kind, IndexError, "dim", "-1", "0", "1", self=torch.ones(6))


def test_gradient_of_the_weight(parametric):
    name, w = "grad_grad_weight", torch.ones(6)
    for bad, words in (
        (w.double(), ("float32", "float64")),
        (w[:2], ("[6]", "[2]")),
        (w[:1], ("[6]", "[1]")),
        (w[None], ("[6]", "[1, 6]")),
        (w.sum(), ("[6]", "[]")),
        (w.to("meta"), (str(w.device), "meta")),
    ):
        refused(parametric, "_double_backward", RuntimeError, name, *words, **{name: bad})


def test_errors_under_vmap(parametric):
    """They count the dimensions of one sample."""
    x, w, batch, many = torch.rand(2, 3), torch.rand(3), torch.rand(5, 2, 3), torch.rand(5, 3)
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
    leaf = ordinary().requires_grad_()
    for bad in (torch.ones(4), torch.ones(6).double()):
        with pytest.raises(RuntimeError):
            parametric.forward(leaf, bad)
    assert torch.is_grad_enabled()
    assert parametric.forward(leaf, torch.ones(6)).requires_grad
