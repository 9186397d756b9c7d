"""What watches calls sees them: modes, subclasses and tracers of functions the function, all others
its operator. `torch.fx` has test_fx.py."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from accuracy import same_bits
from call_path import (
    Watched,
    arguments,
    each,
    operator,
    other_way,
    public,
    representative,
    ways,
    x0,
)
from conftest import script
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.func import functionalize, hessian, jacrev, jvp, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode

# A default device is a mode, and would be seen.
pytestmark = pytest.mark.devices(default=False)


def targets(graph) -> list[object]:
    """What a graph calls: packets and overloads alike as packets."""
    called = (node.target for node in graph.nodes if node.op == "call_function")
    return [getattr(target, "overloadpacket", target) for target in called]


@each
def test_function_modes_and_subclasses(row):
    """They are given the function, by whichever tensor is of the subclass."""

    class Doubled(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            result = func(*args, **(kwargs or {}))
            return result * 2 if func is public(row) else result

    want = row.function(*arguments(row)) * 2
    with Doubled():
        assert same_bits(row.function(*arguments(row)), want)

    given = arguments(row)
    for at in range(len(given)):
        Watched.seen.clear()
        y = row.function(*(t.as_subclass(Watched) if i == at else t for i, t in enumerate(given)))
        assert type(y) is Watched and Watched.seen == [public(row)]
        assert same_bits(y.as_subclass(torch.Tensor), row.function(*given))


@representative
def test_default_device(row):
    """It is such a mode, and has nothing to say to a function that makes no tensor."""
    want = row.function(*arguments(row))
    with torch.device("meta"):
        assert same_bits(row.function(*arguments(row)), want)


@representative
def test_dispatch_mode(row):
    seen = []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            seen.append(func)
            return func(*args, **(kwargs or {}))

    with Watch():
        y = row.function(*arguments(row))
    assert operator(row).default in seen and same_bits(y, row.function(*arguments(row)))


@representative
def test_dispatch_subclass(row):
    seen = []

    class Wrapper(torch.Tensor):
        @staticmethod
        def __new__(cls, inner):
            return torch.Tensor._make_wrapper_subclass(
                cls, inner.shape, dtype=inner.dtype, device=inner.device
            )

        def __init__(self, inner):
            self.inner = inner

        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            plain = (a.inner if isinstance(a, Wrapper) else a for a in args)
            return cls(func(*plain, **(kwargs or {})))

    x, *weights = arguments(row)
    y = row.function(Wrapper(x), *weights)
    assert type(y) is Wrapper and seen == [operator(row).default]
    assert same_bits(y.inner, row.function(x, *weights))


@representative
def test_fake_tensors(row):
    want = row.function(*arguments(row))
    with FakeTensorMode() as mode:
        made = row.function(*(torch.empty(t.shape) for t in arguments(row)))
    given = row.function(*(mode.from_tensor(t) for t in arguments(row)))
    for fake in (made, given):
        assert isinstance(fake, FakeTensor) and fake.shape == want.shape
    assert row.function(*(t.to("meta") for t in arguments(row))).is_meta


@each
@pytest.mark.usefixtures("fresh_compiler")
def test_compiled(row):
    """Without a graph break, and under its name."""
    graphs = []

    def keep(module, _):
        graphs.append(module.graph)
        return module.forward

    run = torch.compile(lambda *t: row.function(*t) + 1, fullgraph=True, backend=keep)
    assert same_bits(run(*arguments(row)), row.function(*arguments(row)) + 1)
    assert [operator(row) in targets(graph) for graph in graphs] == [True]


@representative
@pytest.mark.usefixtures("fresh_compiler")
def test_exported(row):
    class Module(torch.nn.Module):
        def forward(self, *tensors):
            return row.function(*tensors)

    for strict in (True, False):
        program = torch.export.export(Module(), arguments(row), strict=strict)
        assert operator(row) in targets(program.graph)
        assert same_bits(program.module()(*arguments(row)), row.function(*arguments(row)))


@representative
def test_traced_by_fx(row):
    for options in ({"pre_dispatch": True}, {"tracing_mode": "symbolic"}, {}):
        graph = make_fx(lambda *t: row.function(*t), **options)(*arguments(row)).graph
        assert operator(row) in targets(graph), options


@representative
def test_traced_and_scripted(row):
    for given in (arguments(row), tuple(t.clone().requires_grad_() for t in arguments(row))):
        traced = script(lambda *t: row.function(*t), *given)
        assert f"nonlin::{row.called}(" in str(traced.inlined_graph)
        assert same_bits(traced(*given), row.function(*given))
    module = row.module().to(x0.device)
    scripted = script(module)
    assert f"nonlin::{row.called}(" in str(scripted.inlined_graph)
    assert same_bits(scripted(x0), module(x0))


TRANSFORMS = {
    "vmap": lambda f: vmap(f),
    "jacrev": lambda f: jacrev(f),
    "hessian": lambda f: hessian(lambda *t: f(*t).sum()),
    "jvp": lambda f: lambda *t: jvp(f, t, t)[1],
    "functionalize": lambda f: functionalize(f),
}


@representative
def test_transforms(row):
    for name, transform in TRANSFORMS.items():
        run, given = transform(row.function), [t.double() for t in arguments(row)]
        if name == "vmap":
            given = [t.expand(3, *t.shape) for t in given]
        with other_way():
            want = run(*given)
        assert same_bits(run(*given), want), name
        assert "torch.ops" in ways(row, partial(run, *given)), name
