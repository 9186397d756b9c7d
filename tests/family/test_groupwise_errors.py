"""Bad groups: an error before anything is written, that names the operator and the argument."""

import pytest
import torch
from messages import call, ordinary, refused
from rows import GroupwiseRow
from torch.func import grad, jvp, vmap

pytestmark = pytest.mark.devices
each_kind = pytest.mark.parametrize("kind", GroupwiseRow.KINDS)
GROUPED = ("", "out", "_with_index", "_gather")


def test_messages_name_what_was_called(groupwise):
    """Also where another operator is called in its place, for a derivative."""
    x = ordinary()
    for k, dim in ((4, 1), (0, 1), (2, 5)):
        forward = lambda t: groupwise.forward(t, k, dim).sum()  # noqa: B023, E731
        for run in (
            lambda: forward(x.clone().requires_grad_()),  # noqa: B023
            lambda: grad(forward)(x),  # noqa: B023
            lambda: jvp(forward, (x,), (x,)),  # noqa: B023
            lambda: vmap(grad(forward))(x.expand(3, 4, 6)),  # noqa: B023
        ):
            wrong = rf"^nonlin::{groupwise}: `(k|dim)` "
            with pytest.raises((ValueError, IndexError), match=wrong):
                run()


@each_kind
def test_numbers(groupwise, kind):
    """Compilers see the same errors, before the program runs."""
    for self in (ordinary(), ordinary().to("meta")):
        for k in (0, -1, -6, 257, 1000, 2**40):
            refused(groupwise, kind, ValueError, "k", "1", "256", str(k), self=self, k=k)
        for dim in (2, -3, 7, 100):
            refused(groupwise, kind, IndexError, "dim", "-2", "1", str(dim), self=self, dim=dim)
        for k, dim in ((4, 1), (5, -1), (12, 1), (3, 0), (256, 0)) if kind in GROUPED else ():
            words = (str(self.shape[dim]), f"dimension {dim % 2}", str(k))
            refused(groupwise, kind, ValueError, "k", *words, self=self, k=k, dim=dim)
    for k, dim in ((2.5, 0), ("2", 0), (None, 0), (2, 0.5), (2, "x")):
        with pytest.raises((TypeError, RuntimeError), match=f"nonlin::{groupwise}"):
            call(groupwise, kind, k=k, dim=dim)
    with pytest.raises((RuntimeError, IndexError), match=f"nonlin::{groupwise}.*dimension"):
        call(groupwise, kind, self=torch.tensor(1.0), k=1, dim=-1)


@pytest.mark.parametrize("kind", ["_backward", "_gather"])
def test_index(groupwise, kind):
    index = torch.zeros(4, 3, dtype=torch.uint8)
    for bad, words in (
        (index.long(), ("uint8", "int64")),
        (index.bool(), ("uint8", "bool")),
        (index.to(torch.int8), ("uint8", "int8")),
        (index.float(), ("uint8", "float32")),
        (index.to("meta"), (str(index.device), "meta")),
    ):
        refused(groupwise, kind, RuntimeError, "index", *words, index=bad)
    argument = "grad_output" if kind == "_backward" else "index"
    for bad in (index[:, :2], index[:3], index.t(), index[None]):
        words = (str(list(bad.shape)), "[4, 3]")
        refused(groupwise, kind, RuntimeError, argument, *words, index=bad)


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
