"""Modules are those of torch.nn: constructor, repr, checkpoints; they are copied and they learn."""

import copy
import inspect
import io
import pickle

import nonlin
import pytest
import torch
from accuracy import same_bits
from cases import CASES

x0 = torch.linspace(-4, 4, 1001)


@pytest.mark.parametrize("duplicate", ["deepcopy", "pickle", "save"])
def test_copies_of_modules(case, duplicate):
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), case.module())
    if duplicate == "deepcopy":
        copied = copy.deepcopy(module)
    elif duplicate == "pickle":
        copied = pickle.loads(pickle.dumps(module))
    else:
        buffer = io.BytesIO()
        torch.save(module, buffer)
        buffer.seek(0)
        copied = torch.load(buffer, weights_only=False)
    x = torch.randn(5, 3)
    assert repr(copied) == repr(module) and same_bits(copied(x), module(x))


def test_copies_of_functions(case):
    function = pickle.loads(pickle.dumps(case.row.function))
    assert same_bits(function(x0), case.row.function(x0))


NAMESAKES = [(case.module, case.builtin_module) for case in CASES if case.row.name != "swish"]
NAMESAKES.append((nonlin.nn.SiLU, torch.nn.SiLU))  # its row is Swish
EACH = pytest.mark.parametrize("namesakes", NAMESAKES, ids=lambda pair: repr(pair[0]()))


@EACH
def test_state_dict_exchange(namesakes):
    """Checkpoints go from torch.nn to ours and back."""
    ours, theirs = (
        torch.nn.Sequential(torch.nn.Linear(4, 4), make(), torch.nn.Linear(4, 2))
        for make in namesakes
    )
    x = torch.randn(8, 4)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    torch.testing.assert_close(ours(x), theirs(x))
    with torch.no_grad():
        ours[0].weight.mul_(2)
    theirs.load_state_dict(ours.state_dict(), strict=True)
    torch.testing.assert_close(ours(x), theirs(x))
    assert list(ours.state_dict()) == list(theirs.state_dict())


@EACH
def test_constructor_and_repr(namesakes):
    ours, theirs = (make() for make in namesakes)
    assert repr(ours) == repr(theirs) and type(ours).__name__ == type(theirs).__name__
    one, other = (
        [(p.name, p.default, p.kind) for p in inspect.signature(type(m)).parameters.values()]
        for m in (ours, theirs)
    )
    assert one == other
    if "inplace" in inspect.signature(type(theirs)).parameters:
        one, other = (make(inplace=True) for make in namesakes)
        assert repr(one) == repr(other) and one.inplace


def test_swish_module():
    assert repr(nonlin.nn.Swish()) == "Swish(beta=1.0)"
    assert nonlin.nn.Swish().state_dict() == {}
    assert same_bits(nonlin.nn.Swish(1.5)(x0), nonlin.swish(x0, 1.5))


def test_training(operator):
    """A small network learns, and as well as with PyTorch's function."""
    losses = []
    for activation in (operator.module(), operator.builtin_module()):
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(1, 16), activation, torch.nn.Linear(16, 1))
        optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
        x = torch.linspace(-3, 3, 64)[:, None]
        for _ in range(150):
            optimizer.zero_grad()
            loss = (net(x) - torch.sin(x)).square().mean()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert losses[0] < 0.05 and abs(losses[0] - losses[1]) < 0.01
