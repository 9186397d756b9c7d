"""torch.compile without graph breaks, in every mode of use, and compiled autograd."""

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import agree, compiled, forward_and_gradients
from rows import SETTINGS
from torch.autograd import grad
from torch.func import grad as func_grad
from torch.func import hessian, vmap

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]


@pytest.mark.smoke
def test_inductor():
    """All activations in one program: values, gradients and in-place operators, in native code."""

    def f(x, w):
        total = x * 0
        for case in SETTINGS:
            y = case.forward(x * w)
            case.inplace(y)
            total = total + y
        return total

    x, w = torch.randn(6, 8), torch.randn(8)
    agree(forward_and_gradients(compiled(f, "inductor"), x, w), forward_and_gradients(f, x, w))


def test_inductor_with_dynamic_shapes_and_16_bits():
    def f(x):
        out = torch.empty_like(x)
        nonlin.mish(nonlin.gelu(x) + nonlin.selu(x), out=out)
        return out * 2

    run = compiled(f, "inductor", dynamic=True)
    for size in (3, 8, 17):
        for dtype in (torch.float32, torch.bfloat16):
            x = torch.randn(size, 5).to(dtype)
            torch.testing.assert_close(run(x), f(x), rtol=2e-2, atol=2e-2)


def test_forward_and_backward(operator):
    def f(x, w):
        return operator.row.function(x * w) + 1

    x, w = torch.randn(4, 6), torch.randn(6)
    agree(forward_and_gradients(compiled(f), x, w), forward_and_gradients(f, x, w))


def test_the_graph_keeps_the_operators(operator):
    """Traced through our autograd kernel: value and backward, no expression in their place."""
    from functorch.compile import make_boxed_func
    from torch._dynamo.backends.common import aot_autograd

    seen: list[str] = []

    def record(module, _):
        seen.extend(str(node.target) for node in module.graph.nodes if node.op == "call_function")
        return make_boxed_func(module)

    x = torch.randn(5, requires_grad=True)
    y = compiled(operator.forward, aot_autograd(fw_compiler=record))(x)
    y.sum().backward()
    ours = [name for name in seen if name.startswith("nonlin")]
    name = f"nonlin.{operator.operator}"
    assert ours == [f"{name}.default", f"{name}_backward.default"]


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
def test_in_place(operator, dynamic):
    def inside(x):
        y = x * 2
        operator.inplace(y)
        return y + 1

    def outside(x):
        operator.inplace(x)
        return x.sum()

    def returned(x):
        return operator.inplace(x * 1)

    x = torch.randn(7)
    for f in (inside, returned):
        agree(forward_and_gradients(compiled(f, dynamic=dynamic), x), forward_and_gradients(f, x))
    ours, theirs = x.clone(), x.clone()
    agree(compiled(outside, dynamic=dynamic)(ours), outside(theirs))
    assert same_bits(ours, theirs)


def test_in_place_on_a_view(operator):
    def f(x):
        y = x * 1
        operator.inplace(y[1:])
        return y

    x = torch.randn(5)
    agree(forward_and_gradients(compiled(f), x), forward_and_gradients(f, x))


def test_out(operator):
    def f(x, out):
        operator.out(x, out=out)
        return out + 1

    x = torch.randn(3, 4)
    ours, theirs = torch.zeros(3, 4), torch.zeros(3, 4)
    agree(compiled(f)(x, ours), f(x, theirs))
    assert same_bits(ours, theirs)


def test_dynamic_shapes_compile_once(operator):
    counter = torch._dynamo.testing.CompileCounterWithBackend("aot_eager")
    run = compiled(lambda x: operator.forward(x) * 2, counter, dynamic=True)
    compilations = []
    for shape in ((4, 5), (6, 7), (2, 9)):
        x = torch.randn(shape, requires_grad=True)
        y = run(x)
        agree(grad(y.sum(), x)[0], 2 * operator.backward(torch.ones(shape), x.detach()))
        compilations.append(counter.frame_count)
    assert compilations[0] == compilations[-1]


def test_layouts(operator):
    """Fake and real strides agree, for channels-last and for slices."""
    x = torch.randn(2, 3, 4, 5)
    run = compiled(lambda t: operator.forward(t) + 0)
    for t in (x, x.contiguous(memory_format=torch.channels_last), x[:, ::2], x.transpose(1, 3)):
        got = run(t)
        assert got.stride() == operator.forward(t).stride()
        agree(got, operator.forward(t))


def test_transforms(operator):
    def loss(f):
        return lambda z: (f(z) ** 2).sum()

    x = torch.randn(3, 4, dtype=torch.float64)
    pairs = (
        lambda f: vmap(f, in_dims=1)(x),
        lambda f: vmap(func_grad(loss(f)))(x),
        lambda f: hessian(loss(f))(x[0]),
    )
    for transform in pairs:
        agree(
            compiled(lambda: transform(operator.forward))(),  # noqa: B023
            transform(operator.expression),
        )


def test_double_backward(operator):
    """The gradient of a gradient inside of one compiled function."""

    def f(x):
        return func_grad(lambda z: (func_grad(lambda y: operator.forward(y).sum())(z) ** 2).sum())(
            x
        )

    x = torch.randn(5, dtype=torch.float64)
    agree(compiled(f)(x), f(x))


def test_modules(case):
    module = torch.nn.Sequential(torch.nn.Linear(4, 4), case.module())
    x = torch.randn(3, 4)
    agree(compiled(module)(x), module(x))


def test_saved_for_backward(operator):
    """A compiled region keeps the input once, and no copy."""
    saved: list[torch.Tensor] = []
    x = torch.randn(64, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t):
        y = compiled(operator.forward)(x)
    assert [t.shape for t in saved] == [x.shape]
    agree(grad(y.sum(), x)[0], operator.backward(torch.ones(64), x.detach()))
