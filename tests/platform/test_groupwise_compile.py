"""Operators with groups under torch.compile, compiled autograd, export, script, checkpoints."""

import pytest
import torch
from compiling import agree, compile_backward, compiled, forward_and_gradients
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


@pytest.mark.smoke
@DYNAMIC
@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_compile(groupwise, backend, dynamic):
    def f(x, w):
        y = groupwise.forward(x * w, 2) + groupwise.forward(x + w, 3)[..., :3, :].sum()
        out = torch.empty_like(y.detach())
        groupwise.out(y.detach() * 2, 1, out=out)
        return y + groupwise.forward(y, 3, 1).sum() + out

    def g(x, w):
        return groupwise.forward(x * w, 2) * groupwise.forward(x + w, 4, 0).sum()

    for h in (f, g):
        run = compiled(h, backend, dynamic)
        for size in (6, 12, 18) if dynamic else (6,):
            tensors = torch.randn(4, 3, size), torch.randn(size)
            agree(forward_and_gradients(run, *tensors), forward_and_gradients(h, *tensors))


def test_the_graph_keeps_the_operators(groupwise):
    from functorch.compile import make_boxed_func
    from torch._dynamo.backends.common import aot_autograd

    seen: list[str] = []

    def record(module, _):
        seen.extend(str(node.target) for node in module.graph.nodes if node.op == "call_function")
        return make_boxed_func(module)

    backend = aot_autograd(fw_compiler=record)
    run = compiled(lambda x: groupwise.forward(x, 2), backend)
    run(torch.randn(4, 6, requires_grad=True)).sum().backward()
    ours = [name for name in seen if name.startswith("nonlin")]
    assert ours == [f"nonlin.{groupwise}{kind}.default" for kind in ("_with_index", "_backward")]
    seen.clear()
    compiled(lambda x: groupwise.forward(x, 2), backend)(torch.randn(4, 6))
    assert [n for n in seen if n.startswith("nonlin")] == [f"nonlin.{groupwise}.default"]


def test_saved_for_backward(groupwise):
    """A compiled region keeps one byte for each group."""
    saved: list[torch.Tensor] = []
    x = torch.randn(8, 64, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t), t)[1], lambda t: t):
        y = compiled(lambda x: groupwise.forward(x, 4))(x)
    assert [(t.dtype, t.numel()) for t in saved] == [(torch.uint8, 128)]
    agree(grad(y.sum(), x), grad(groupwise.expression(x, 4).sum(), x))


def test_layouts(groupwise):
    x = torch.randn(2, 6, 4, 5)
    run = compiled(lambda t: groupwise.forward(t, 2, 1) + 0)
    for t in (x, x.contiguous(memory_format=torch.channels_last), x.transpose(1, 3)[:, :4]):
        got, want = run(t), groupwise.forward(t, 2, 1)
        assert got.stride() == want.stride()
        agree(got, want)


def test_transforms(groupwise):
    x = torch.randn(3, 4, 6, dtype=torch.float64)

    def loss(f):
        return lambda z: (f(z, 2) ** 3).sum()

    for transform in (
        lambda f: vmap(lambda z: f(z, 2), 1)(x),
        lambda f: vmap(func_grad(loss(f)))(x),
        lambda f: hessian(loss(f))(x[0]),
        lambda f: func_grad(lambda z: (func_grad(loss(f))(z) ** 2).sum())(x),
    ):
        got = compiled(lambda: transform(groupwise.forward))()  # noqa: B023
        agree(got, transform(groupwise.expression))


@DYNAMIC
def test_compiled_autograd(groupwise, dynamic):
    x, w = torch.randn(4, 6), torch.randn(6)

    def run():
        leaves = [t.clone().requires_grad_() for t in (x, w)]
        groupwise.forward(leaves[0] * leaves[1], 2).square().sum().backward()
        return [t.grad for t in leaves]

    def twice():
        leaf = x.clone().requires_grad_()
        (first,) = grad((groupwise.forward(leaf, 2, 0) ** 3).sum(), leaf, create_graph=True)
        first.square().sum().backward()
        return [leaf.grad]

    for f in (run, twice):
        want = f()
        with compile_backward("aot_eager", dynamic):
            got = f()
        agree(got, want)


class Model(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(4, 12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.nonlin.maxout(torch.ops.nonlin.maxout(self.linear(x), 2), 3, -1)


@pytest.mark.parametrize("strict", [False, True], ids=["non-strict", "strict"])
def test_export(strict):
    """Operators stay nodes, batches stay dynamic; a program is saved, loaded and trained."""
    model, shapes = Model(), {"x": {0: torch.export.Dim("batch", min=2)}}
    program = torch.export.export(model, (torch.randn(3, 4),), dynamic_shapes=shapes, strict=strict)
    for p in (program, program.run_decompositions()):
        nodes = [str(node.target) for node in p.graph.nodes if node.op == "call_function"]
        assert [n for n in nodes if n.startswith("nonlin")] == ["nonlin.maxout.default"] * 2
    check_export(model, program)


def test_script():
    check_script(Model(), torch.randn(5, 4))


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(groupwise, reentrant):
    def block(t):
        return groupwise.forward(torch.sin(groupwise.forward(t, 2)), 3)

    x, results = torch.randn(4, 12), []
    for run in (block, lambda t: checkpoint(block, t, use_reentrant=reentrant)):
        leaf = x.clone().requires_grad_()
        run(leaf).sum().backward()
        results.append(leaf.grad)
    assert torch.equal(*results)
