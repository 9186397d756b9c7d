"""Modules are those of torch.nn: constructor, repr, checkpoints; they are copied and they learn."""

import copy
import inspect
import io
import pickle
import pickletools
from functools import partial

import nonlin
import pytest
import torch
from accuracy import same_bits
from modules import each_module
from nonlin.testing import catalogue
from rows import SETTINGS

pytestmark = pytest.mark.devices

x0 = torch.linspace(-4, 4, 1001)


@each_module
def test_copies_of_modules(make):
    module, buffer = torch.nn.Sequential(torch.nn.Linear(3, 3), make()), io.BytesIO()
    torch.save(module, buffer)
    buffer.seek(0)
    x = torch.randn(5, 3)
    for copied in (
        copy.deepcopy(module),
        pickle.loads(pickle.dumps(module)),
        torch.load(buffer, weights_only=False),
    ):
        assert repr(copied) == repr(module) and same_bits(copied(x), module(x))


@pytest.mark.cpu
@each_module
def test_pickles_name_no_file(make):
    """A class is found by nonlin.nn, in whatever file it is."""
    module = make()
    opcodes = pickletools.genops(pickle.dumps(module))
    names = {argument for _, argument, _ in opcodes if str(argument).startswith("nonlin")}
    assert names == {type(module).__module__} == {"nonlin.nn"}


def test_copies_of_functions():
    for row in catalogue.values():
        function = pickle.loads(pickle.dumps(row.function))
        given = (x0[:1000], *row.tensors(x0.dtype, x0.device))
        assert same_bits(function(*given), row.function(*given)), row.name


NAMESAKES = [
    (row.module, row.builtin_module)
    for row in SETTINGS
    if row.row.name != "swish" and type(row.builtin_module()).__module__.startswith("torch.")
]
NAMESAKES += [
    (nonlin.nn.SiLU, torch.nn.SiLU),  # its row is Swish
    (nonlin.nn.PReLU, torch.nn.PReLU),
    (partial(nonlin.nn.PReLU, 4, 0.5), partial(torch.nn.PReLU, 4, 0.5)),
]


def show(namesakes) -> str:
    return repr(namesakes[0]())


@pytest.mark.parametrize("namesakes", [NAMESAKES[0], *NAMESAKES[-2:]], ids=show)
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
        for parameter in ours.parameters():
            parameter.mul_(2)
    theirs.load_state_dict(ours.state_dict(), strict=True)
    torch.testing.assert_close(ours(x), theirs(x))
    assert list(ours.state_dict()) == list(theirs.state_dict())


def arguments_of(module: type[torch.nn.Module]) -> list[tuple]:
    """Of a constructor; a module without one inherits `*args, **kwargs`, and takes nothing."""
    if module.__init__ is torch.nn.Module.__init__:
        return []
    return [(p.name, p.default, p.kind) for p in inspect.signature(module).parameters.values()]


@pytest.mark.parametrize("namesakes", NAMESAKES, ids=show)
@pytest.mark.cpu
def test_constructor_and_repr(namesakes):
    ours, theirs = (make() for make in namesakes)
    assert repr(ours) == repr(theirs) and type(ours).__name__ == type(theirs).__name__
    one, other = (arguments_of(type(m)) for m in (ours, theirs))
    assert one[: len(other)] == other
    assert isinstance(ours, type(theirs))
    if "inplace" in [name for name, *_ in arguments_of(type(theirs))]:
        one, other = (make(inplace=True) for make in namesakes)
        assert repr(one) == repr(other) and one.inplace


def test_swish_module():
    assert repr(nonlin.nn.Swish()) == "Swish(beta=1.0)"
    assert nonlin.nn.Swish().state_dict() == {}
    assert same_bits(nonlin.nn.Swish(1.5)(x0), nonlin.swish(x0, 1.5))


LEARNED = pytest.mark.parametrize(
    ("make", "name", "start"),
    [
        (nonlin.nn.PReLU, "weight", 0.25),
        (partial(nonlin.nn.PReLU, init=-2), "weight", -2.0),
        (partial(nonlin.nn.Swish, learnable=True), "beta", 1.0),
        (partial(nonlin.nn.Swish, 0.5, learnable=True), "beta", 0.5),
    ],
)


@LEARNED
def test_parameters(make, name, start):
    """Named, of their shape, dtype and device, and reset to where they began."""
    module = make(num_parameters=3, dtype=torch.float64)
    assert module.num_parameters == 3
    (parameter,) = module.parameters()
    assert parameter is getattr(module, name) and list(module.state_dict()) == [name]
    assert torch.equal(parameter, torch.full((3,), start, dtype=torch.float64))
    assert getattr(make(), name).dtype == torch.float32
    module = make(num_parameters=3, device="meta")
    assert getattr(module, name).is_meta
    module = module.to_empty(device=x0.device)
    module.reset_parameters()
    assert torch.equal(getattr(module, name), torch.full((3,), start))


@LEARNED
def test_parameters_act_along_their_dimension(make, name, start):
    x = torch.randn(3, 4, 3)
    values = torch.tensor([-0.5, 0.25, 2.0])
    for dim, shape in ((0, (3, 1, 1)), (-3, (3, 1, 1)), (2, (3,)), (-1, (3,))):
        module = make(num_parameters=3, dim=dim)
        module.load_state_dict({name: values})
        w = values.reshape(shape)
        want = torch.where(x > 0, x, w * x) if name == "weight" else x * torch.sigmoid(w * x)
        torch.testing.assert_close(module(x), want)
        assert repr(module).endswith(f"(num_parameters=3, dim={dim})") or (
            repr(module) == f"Swish(learnable=True, num_parameters=3, dim={dim})"
        )


def test_learnable_swish_in_place():
    module = nonlin.nn.Swish(learnable=True, inplace=True)
    assert repr(module) == "Swish(learnable=True, num_parameters=1, inplace=True)"
    x = x0.clone()
    assert module(x) is x and same_bits(x, nonlin.swish(x0, torch.ones(1)))


def test_maxout_module():
    x = torch.randn(4, 6, 5)
    assert repr(nonlin.nn.Maxout(2)) == "Maxout(k=2, dim=-1)"
    assert nonlin.nn.Maxout(2).state_dict() == {}
    want = x.unflatten(1, (2, 3)).amax(2)
    assert torch.equal(nonlin.nn.Maxout(3, dim=1)(x), want)
    assert torch.equal(nonlin.nn.Maxout(5)(x), x.amax(2, keepdim=True))


@pytest.mark.cpu
@pytest.mark.parametrize(
    ("make", "arguments", "error", "message"),
    [
        ("PReLU", {"num_parameters": 0}, ValueError, "`num_parameters` must be at least 1, got 0"),
        ("PReLU", {"num_parameters": 2.0}, TypeError, "`num_parameters` must be an integer, got"),
        ("PReLU", {"init": "x"}, TypeError, "`init` must be a real number, got str"),
        ("PReLU", {"init": float("nan")}, ValueError, "`init` must be finite, got nan"),
        ("PReLU", {"dim": None}, TypeError, "`dim` must be an integer, got NoneType"),
        ("Swish", {"beta": None}, TypeError, "`beta` must be a real number or a torch.nn."),
        ("Swish", {"beta": torch.inf}, ValueError, "`beta` must be finite, got inf"),
        ("Swish", {"num_parameters": -1}, ValueError, "`num_parameters` must be at least 1"),
        (
            "Swish",
            {"num_parameters": 2},
            ValueError,
            "`num_parameters` must be 1 where `learnable` is False, got 2",
        ),
        ("Swish", {"learnable": True, "dim": 0.5}, TypeError, "`dim` must be an integer, got"),
        ("Maxout", {"k": 0}, ValueError, "`k` must be at least 1, got 0"),
        ("Maxout", {"k": 257}, ValueError, "`k` must be at most 256, got 257"),
        ("Maxout", {"k": True}, TypeError, "`k` must be an integer, got bool"),
        ("Maxout", {"k": 2, "dim": "last"}, TypeError, "`dim` must be an integer, got str"),
    ],
)
def test_refused_arguments(make, arguments, error, message):
    with pytest.raises(error) as caught:
        getattr(nonlin.nn, make)(**arguments)
    assert str(caught.value).startswith(f"nonlin.nn.{make}: {message}")


def test_training(activation):
    """A small network learns, its activations too, and as well as with PyTorch's function."""
    row, losses = activation.row, []
    for make in (row.module, row.builtin_module):
        torch.manual_seed(0)
        first, activation = torch.nn.Linear(1, 16 * row.group), make()
        net = torch.nn.Sequential(first, activation, torch.nn.Linear(16, 1))
        before = [parameter.clone() for parameter in activation.parameters()]
        optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
        x = torch.linspace(-3, 3, 64)[:, None]
        for _ in range(150):
            optimizer.zero_grad()
            loss = (net(x) - torch.sin(x)).square().mean()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        assert len(before) == len(row.weights)
        assert all((a != b).all() for a, b in zip(activation.parameters(), before, strict=True))
    assert losses[0] < 0.05 and abs(losses[0] - losses[1]) < 0.01
