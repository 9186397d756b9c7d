"""Operators with a weight under torch.compile, compiled autograd, export, script, checkpoints."""

import pytest
import torch
from accuracy import same_bits
from compiling import agree, compile_backward, compiled, forward_and_gradients
from rows import PARAMETRIC, WEIGHTS, make_weight, weight_leaf, weight_of
from saving import check_export, check_script
from torch.autograd import grad
from torch.func import grad as func_grad
from torch.func import hessian, vmap
from torch.utils.checkpoint import checkpoint

pytestmark = [
    pytest.mark.devices,
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
    # Of PyTorch 2.11's own code.
    pytest.mark.filterwarnings("ignore:.*LeafSpec.* is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The given buffer is not writable"),
]
DYNAMIC = pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])

x, w = torch.randn(4, 6), make_weight("channels", 6, torch.float32)


@pytest.mark.smoke
@DYNAMIC
def test_inductor(dynamic):
    """Both in one program, functional, in place and with out: values and gradients."""

    def f(x, w, single):
        total = x * 0
        for case in PARAMETRIC:
            y = case.forward(x * 2, w)
            case.inplace(y, single)
            total = total + y
        return total

    run = compiled(f, "inductor", dynamic)
    for rows in (4, 7, 9) if dynamic else (4,):
        tensors = (torch.randn(rows, 6), w, w[:1])
        agree(forward_and_gradients(run, *tensors), forward_and_gradients(f, *tensors))


@DYNAMIC
@pytest.mark.parametrize("kind", WEIGHTS)
def test_forward_and_backward(parametric, kind, dynamic):
    def f(x, leaf):
        return parametric.forward(x * 2, weight_of(leaf, kind, 6)) + 1

    leaf = weight_leaf(kind, 6, x.dtype)
    want = forward_and_gradients(f, x, leaf)
    agree(forward_and_gradients(compiled(f, dynamic=dynamic), x, leaf), want)


def test_the_graph_keeps_the_operators(parametric):
    from functorch.compile import make_boxed_func
    from torch._dynamo.backends.common import aot_autograd

    seen: list[str] = []

    def record(module, _):
        seen.extend(str(node.target) for node in module.graph.nodes if node.op == "call_function")
        return make_boxed_func(module)

    leaves = [t.clone().requires_grad_() for t in (x, w)]
    compiled(parametric.forward, aot_autograd(fw_compiler=record))(*leaves).sum().backward()
    ours = [name for name in seen if name.startswith("nonlin")]
    assert ours == [f"nonlin.{parametric}{kind}.default" for kind in ("", "_backward")]


def test_dynamic_shapes_compile_once(parametric):
    counter = torch._dynamo.testing.CompileCounterWithBackend("aot_eager")
    run = compiled(lambda x, w: parametric.forward(x, w) * 2, counter, dynamic=True)
    compilations = []
    for shape in ((4, 5), (6, 7), (2, 9)):
        tensors = (torch.randn(shape), make_weight("channels", shape[1], torch.float32))
        want = forward_and_gradients(lambda x, w: parametric.forward(x, w) * 2, *tensors)
        agree(forward_and_gradients(run, *tensors), want)
        compilations.append(counter.frame_count)
    assert compilations[0] == compilations[-1]


@DYNAMIC
def test_in_place_and_out(parametric, dynamic):
    def inside(x, w):
        y = x * 2
        parametric.inplace(y, w)
        parametric.inplace(y[1:], w)
        return y + 1

    def outside(x, w):
        parametric.inplace(x, w)
        return x.sum()

    def into(x, w):
        out = torch.empty_like(x)
        parametric.out(x, w, out=out)
        return out + 1

    want = forward_and_gradients(inside, x, w)
    agree(forward_and_gradients(compiled(inside, dynamic=dynamic), x, w), want)
    ours, theirs = x.clone(), x.clone()
    agree(compiled(outside, dynamic=dynamic)(ours, w), outside(theirs, w))
    assert same_bits(ours, theirs)
    agree(compiled(into, dynamic=dynamic)(x, w), into(x, w))


def test_layouts(parametric):
    """Fake and real strides agree, of gradients too."""
    x, w = torch.randn(2, 3, 4, 5), make_weight("channels", 3, torch.float32)

    def f(t, w):
        return parametric.forward(t, w) + 0

    run = compiled(f)
    for t in (x, x.contiguous(memory_format=torch.channels_last), x.transpose(2, 3), x[..., ::2]):
        got, want = run(t, w), f(t, w)
        assert got.stride() == want.stride()
        agree(got, want)
        agree(forward_and_gradients(run, t, w), forward_and_gradients(f, t, w))


def test_transforms(parametric):
    def loss(f):
        return lambda x, w: (f(x, w) ** 2).sum()

    x, w = torch.randn(3, 4, dtype=torch.float64), make_weight("channels", 4)
    many = torch.stack((w, w.cos(), w.sin()))
    for transform in (
        lambda f: vmap(f, (0, None))(x[:, None], w),
        lambda f: vmap(func_grad(loss(f), (0, 1)), (0, None))(x[:, None], w),
        lambda f: vmap(func_grad(loss(f), (0, 1)))(x[:, None], many),
        lambda f: hessian(loss(f), 1)(x, w),
        lambda f: func_grad(lambda w: (func_grad(loss(f))(x, w) ** 2).sum())(w),
    ):
        got = compiled(lambda: transform(parametric.forward))()  # noqa: B023
        agree(got, transform(parametric.expression))


@DYNAMIC
def test_compiled_autograd(parametric, dynamic):
    def run():
        leaves = [t.clone().requires_grad_() for t in (x, w)]
        parametric.forward(*leaves).square().sum().backward()
        return [t.grad for t in leaves]

    def weight_alone():
        leaf = w.clone().requires_grad_()
        parametric.forward(x, leaf).square().sum().backward()
        return [leaf.grad]

    def twice():
        leaves = [t.clone().requires_grad_() for t in (x, w)]
        y = parametric.forward(*leaves).square().sum()
        first = grad(y, leaves, create_graph=True)
        (first[0].square().sum() + first[1].square().sum()).backward()
        return [t.grad for t in leaves]

    def in_place():
        leaves = [t.clone().requires_grad_() for t in (x, w)]
        parametric.inplace(leaves[0] * 1, leaves[1]).square().sum().backward()
        return [t.grad for t in leaves]

    for f in (run, weight_alone, twice, in_place):
        want = f()
        with compile_backward("aot_eager", dynamic):
            got = f()
        agree(got, want)


class Model(torch.nn.Module):
    """Both operators, functional and in place, with weights that are learned."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(4, 4)
        self.weight = torch.nn.Parameter(torch.tensor([0.1, 0.2, -0.3, 1.1]))
        self.single = torch.nn.Parameter(torch.tensor([0.7]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.ops.nonlin.prelu(self.linear(x), self.weight)
        x = torch.ops.nonlin.prelu_(x + 1, self.single)
        x = torch.ops.nonlin.parametric_swish(self.linear(x), self.single)
        return torch.ops.nonlin.parametric_swish_(x * 1, self.weight, -1)


CALLS = [f"nonlin.{case}{kind}.default" for case in PARAMETRIC for kind in ("", "_")]


def calls(program) -> list[str]:
    nodes = (str(node.target) for node in program.graph.nodes if node.op == "call_function")
    return [name for name in nodes if name.startswith("nonlin")]


@pytest.mark.parametrize("strict", [False, True], ids=["non-strict", "strict"])
def test_export(strict):
    """Operators stay nodes, batches stay dynamic; a program is saved, loaded and trained."""
    model, shapes = Model(), {"x": {0: torch.export.Dim("batch", min=2)}}
    program = torch.export.export(model, (torch.randn(3, 4),), dynamic_shapes=shapes, strict=strict)
    assert calls(program) == CALLS
    assert calls(program.run_decompositions()) == [c.replace("_.", ".") for c in CALLS]
    check_export(model, program)


def test_script():
    check_script(Model(), torch.randn(5, 4))


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(parametric, reentrant):
    def block(t, w):
        return parametric.inplace(torch.sin(parametric.forward(t, w)) * 1, w)

    results = []
    for run in (block, lambda *t: checkpoint(block, *t, use_reentrant=reentrant)):
        leaves = [t.clone().requires_grad_() for t in (x, w)]
        run(*leaves).sum().backward()
        results.append([t.grad for t in leaves])
    assert all(same_bits(a, b) for a, b in zip(*results, strict=True))
