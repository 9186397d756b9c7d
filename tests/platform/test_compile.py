"""torch.compile without graph breaks, in every mode of use."""

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import agree, compiled, forward_and_gradients, functional, given, numbers
from device import device_name
from rows import ALL, make_weight
from saving import Everything, results
from torch.func import grad as func_grad
from torch.func import hessian, vmap

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
STATIC = ("static", "dynamic")
DYNAMIC = pytest.mark.parametrize("dynamic", [False, True], ids=STATIC)

x, w = torch.randn(4, 6), make_weight("channels", 6, torch.float32)


@pytest.mark.parametrize(
    "dynamic", [False, pytest.param(True, marks=pytest.mark.smoke)], ids=STATIC
)
def test_inductor(dynamic):
    """All in one program, functional, in place and with `out`: values and gradients."""

    def f(x, w, single):
        total = x.sum(1) * 0
        for row in ALL:
            y = row.forward(*given(row, x * 2, w), *numbers(row))
            if row.has_inplace:
                row.inplace(*given(row, y, single))
            out = torch.empty_like(y.detach())
            row.out(*given(row, x.detach() + 1, w.detach()), *numbers(row), out=out)
            total = total + (y * out).sum(1)
        return total

    run = compiled(f, "inductor", dynamic)
    for rows in (4, 7, 9) if dynamic else (4,):
        tensors = (torch.randn(rows, 6), w, w[:1])
        agree(forward_and_gradients(run, *tensors), forward_and_gradients(f, *tensors))


def test_functions_with_dynamic_shapes_and_16_bits():
    def f(x):
        out = torch.empty_like(x)
        nonlin.mish(nonlin.gelu(x) + nonlin.selu(x), out=out)
        return nonlin.maxout(nonlin.prelu(out, out[0]), 2, dim=1)

    run = compiled(f, "inductor", dynamic=True)
    for size in (3, 8, 17):
        for dtype in (torch.float32, torch.bfloat16):
            x = torch.randn(size, 6).to(dtype)
            torch.testing.assert_close(run(x), f(x), rtol=2e-2, atol=2e-2)


def test_modules():
    model = Everything()
    agree(results(compiled(model), x[:, :3]), results(model, x[:, :3]))


def test_samples(activation):
    """Values and gradients of every arrangement; fake and real strides agree."""
    for sample in activation.sample_inputs(torch.float32, device_name()):
        torch._dynamo.reset()  # each is compiled for itself

        def f(*tensors, rest=sample.numbers):
            return activation.forward(*tensors, *rest) + 0

        run = compiled(f)
        got, want = (forward_and_gradients(h, *sample.tensors) for h in (run, f))
        agree(got, want)
        assert [t.stride() for t in got] == [t.stride() for t in want]


def test_the_graph_keeps_the_operators(activation):
    """Traced through our autograd kernel: value and backward, no expression in their place.

    A compiled region keeps the tensors themselves, or one byte for each group, and no copies.
    """
    from functorch.compile import make_boxed_func
    from torch._dynamo.backends.common import aot_autograd

    seen: list[str] = []

    def record(module, _):
        seen.extend(str(node.target) for node in module.graph.nodes if node.op == "call_function")
        return make_boxed_func(module)

    def ours() -> list[str]:
        return [name for name in seen if name.startswith("nonlin")]

    saved: list[torch.Tensor] = []
    run = compiled(functional(activation), aot_autograd(fw_compiler=record))
    leaves = [t.clone().requires_grad_() for t in given(activation, x, w)]
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t):
        y = run(*leaves)
    y.sum().backward()
    agree(
        [t.grad for t in leaves],
        list(activation.gradients(torch.ones_like(y), *leaves, *numbers(activation))),
    )
    name, chooses = f"nonlin.{activation.operator}", "_with_index" in activation.KINDS
    value = f"{name}_with_index.default" if chooses else f"{name}.default"
    assert ours() == [value, f"{name}_backward.default"]
    want = y.numel() if chooses else sum(t.nbytes for t in leaves)
    assert sum(t.nbytes for t in saved) == want

    seen.clear()
    run(*(t.detach() for t in leaves))
    assert ours() == [f"{name}.default"]


def test_dynamic_shapes_compile_once(activation):
    counter = torch._dynamo.testing.CompileCounterWithBackend("aot_eager")
    run = compiled(functional(activation), counter, dynamic=True)
    compilations = []
    for shape in ((4, 6), (6, 8), (2, 10)):
        weight = make_weight("channels", shape[1], torch.float32)
        tensors = given(activation, torch.randn(shape), weight)
        want = forward_and_gradients(functional(activation), *tensors)
        agree(forward_and_gradients(run, *tensors), want)
        compilations.append(counter.frame_count)
    assert compilations[0] == compilations[-1]


@DYNAMIC
def test_in_place_and_out(activation, dynamic):
    def inside(x, *weights):
        y = x * 2
        activation.inplace(y, *weights)
        activation.inplace(y[1:], *(t[-3:] if t.dim() > 1 else t for t in weights))
        return y + 1

    def outside(x, *weights):
        activation.inplace(x, *weights)
        return x.sum()

    def returned(x, *weights):
        return activation.inplace(x * 1, *weights)

    def into(out, *tensors):
        activation.out(*tensors, *numbers(activation), out=out)
        return out + 1

    tensors = given(activation, x, w)
    for f in (inside, returned) if activation.has_inplace else ():
        want = forward_and_gradients(f, *tensors)
        agree(forward_and_gradients(compiled(f, dynamic=dynamic), *tensors), want)
    if activation.has_inplace:
        ours, theirs = x.clone(), x.clone()
        got = compiled(outside, dynamic=dynamic)(ours, *tensors[1:])
        agree(got, outside(theirs, *tensors[1:]))
        assert same_bits(ours, theirs)
    want = functional(activation)(*tensors)
    out = torch.full_like(want, torch.nan)
    agree(compiled(into, dynamic=dynamic)(out, *tensors), want + 1)
    assert same_bits(out, want)


def test_transforms(activation):
    """One program with vmap, gradients under it, a Hessian and the gradient of a gradient."""

    def transforms(f, x, *weights):
        every = tuple(range(1 + len(weights)))
        alike = [w.shape == x.shape for w in weights]  # an element for each of x
        shared = (1, *(1 if each else None for each in alike))
        wide = [w[None] if each else w for w, each in zip(weights, alike, strict=True)]

        def loss(*tensors):
            return (f(*tensors) ** 3).sum()

        def second(*tensors):
            return sum((g**2).sum() for g in func_grad(loss, every)(*tensors))

        yield vmap(f, shared)(x[None], *wide)
        yield vmap(func_grad(loss, every), shared)(x[None], *wide)
        # Before PyTorch 2.13 no Hessian by several tensors at once can be compiled.
        for by in (every,) if torch.__version__ >= "2.13" else every:
            yield hessian(loss, by)(x, *weights)
        yield func_grad(second, every)(x, *weights)
        if weights:
            many = [
                t[:, None].cos() if each else torch.stack((t, t.cos(), t.sin()))
                for t, each in zip(weights, alike, strict=True)
            ]
            yield vmap(func_grad(loss, every))(x[:, None], *many)

    tensors = given(activation, torch.randn(3, 4).double(), make_weight("channels", 4))
    run = compiled(lambda *tensors: tuple(transforms(functional(activation), *tensors)))

    def expression(*tensors):
        return activation.expression(*tensors, *numbers(activation))

    agree(run(*tensors), tuple(transforms(expression, *tensors)))
