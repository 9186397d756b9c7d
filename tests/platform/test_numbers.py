"""Hyper-parameters on their way to the kernels: never stale, checked where they are read.

A compiler traces a number that changes from call to call as a symbol. Whoever reads the symbol on
the way keeps one value for all calls, silently where that value is computed from another number
(pytorch/pytorch#197889). So every schema says Scalar, and only kernels of devices read it.
"""

import contextlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import compile_backward
from conftest import script
from torch._dynamo.testing import CompileCounterWithBackend
from torch.autograd import grad
from torch.func import grad as func_grad
from torch.func import jvp, vmap

TIMES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
x0 = torch.tensor([-1.5, -0.5, 0.25, 2.0])
DATA = Path(__file__).parent.parent / "data"


def backward(run):
    """The gradient of what a compiled function returns, by autograd outside of it."""

    def first(x, t):
        leaf = x.clone().requires_grad_()
        return grad(run(leaf, t).sum(), leaf)[0]

    return first


def derivative(f, order: int):
    for _ in range(order):
        f = (lambda g: func_grad(lambda x, t: g(x, t).sum()))(f)
    return f


# Every number is computed from one that is used besides.
USES = {
    "value": lambda f: lambda x, t: f(x, 1 - t) * t,
    "in place": lambda f: lambda x, t: f(x * 1, 1 - t, True) * t,
    "out": lambda f: lambda x, t: f(x, 1 - t, out=torch.empty_like(x)) * t,
    "slope": lambda f: lambda x, t: derivative(lambda x, t: f(x, 1 - t), 1)(x, t) * t,
    "curvature": lambda f: lambda x, t: derivative(lambda x, t: f(x, 1 - t), 2)(x, t) * t,
    "third": lambda f: lambda x, t: derivative(lambda x, t: f(x, 1 - t), 3)(x, t) * t,
    "forward mode": lambda f: lambda x, t: jvp(lambda x: f(x, 1 - t), (x,), (x,))[1] * t,
    "batched": lambda f: lambda x, t: vmap(lambda x: f(x, 1 - t))(x) * t,
}
COMMON = ("value", "in place", "slope")


def program(use: str):
    """One of all functions that have a number, where its derivatives are not of interest."""
    names = ("elu", "celu", "swish") if use in COMMON else ("elu",)
    functions = [USES[use](getattr(nonlin, name)) for name in names]
    return lambda x, t: sum(f(x, t) for f in functions)


@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.parametrize(
    ("use", "decompose"), [*((use, True) for use in USES), *((use, False) for use in COMMON)]
)
def test_no_number_is_stale(monkeypatch, use, decompose):
    """Kernels are compiled anew for each float, of expressions a graph serves many."""
    monkeypatch.setattr(nonlin.config, "decompose", decompose)
    f = program(use)
    run = torch.compile(f)
    for t in TIMES:
        torch.testing.assert_close(run(x0, t), f(x0, t), rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("fresh_compiler")
def test_pytorch_brings_back_numbers_of_others():
    """pytorch/pytorch#194976, mended in 2.15: why graphs that keep our kernels are not cached."""
    with torch.library._scoped_library("nonlin_numbers", "DEF") as library:
        library.define("times(Tensor x, Scalar a) -> Tensor")
        library.impl("times", lambda x, a: x * a, "CPU")
        library.impl("times", lambda x, a: torch.empty_like(x), "Meta")
        run = torch.compile(lambda x, t: torch.ops.nonlin_numbers.times(x, 1 - t) * t)
        right = [torch.allclose(run(x0, t), x0 * (1 - t) * t) for t in TIMES]
    assert right == [torch.__version__ >= "2.15" or t < 0.3 for t in TIMES]


@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.parametrize("use", USES)
def test_one_graph_serves_all_numbers(use):
    """Of numbers that are data of a float32 tensor: a compiler has no value of theirs to keep."""
    f, counter = program(use), CompileCounterWithBackend("aot_eager")
    run = torch.compile(lambda x, t: f(x, t.item()), backend=counter, fullgraph=True)
    with torch._dynamo.config.patch(capture_scalar_outputs=True):
        for t in torch.tensor(TIMES):
            torch.testing.assert_close(run(x0, t), f(x0, t.item()), rtol=1e-5, atol=1e-6)
    assert counter.frame_count == 1


@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.parametrize("use", ["value", "in place"])
def test_no_number_is_stale_in_a_backward_pass(use):
    f = program(use)
    run = torch.compile(f)
    for t in TIMES:
        torch.testing.assert_close(backward(run)(x0, t), backward(f)(x0, t))


PROCESS = """
import sys, torch, nonlin
x = torch.tensor([-1.0])
f = lambda x, t: nonlin.elu(x, 2 * t) + nonlin.celu(x, 2 * t) + nonlin.swish(x, 2 * t) + t
run = torch.compile(f)
for t in map(float, sys.argv[1:]):
    torch.testing.assert_close(run(x, t), f(x, t))
"""


def test_no_number_is_stale_in_another_process(tmp_path):
    environment = dict(os.environ, TORCHINDUCTOR_CACHE_DIR=str(tmp_path))
    for times in ("0.5", "0.7"), ("3.1", "4.2"):
        child = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROCESS, *times],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert child.returncode == 0, child.stderr


@pytest.mark.smoke
def test_every_schema_takes_numbers_unread():
    schemas = [s for s in torch._C._jit_get_all_schemas() if s.name.startswith("nonlin::")]
    types = {str(a.type) for s in schemas for a in s.arguments}
    assert len(schemas) > 20 and "number" in types and "float" not in types


@pytest.mark.smoke
@pytest.mark.parametrize("kind", ["", "_", "_backward", "_double_backward", "out"])
def test_operators_refuse_what_is_no_real_number(kind):
    op = torch.ops.nonlin.elu.out if kind == "out" else getattr(torch.ops.nonlin, "elu" + kind)
    tensors = {"_backward": 2, "_double_backward": 3}.get(kind, 1)
    more = {"out": torch.empty_like(x0)} if kind == "out" else {}
    for device in ("cpu", "meta"):
        given = [x0.clone().to(device) for _ in range(tensors)]
        more = {name: t.to(device) for name, t in more.items()}
        for value, word in ((True, "bool"), (1j, "complex")):
            with pytest.raises(TypeError, match=rf"^nonlin::elu.*`alpha` must be .*{word}"):
                op(*given, value, **more)
        for value in (float("inf"), float("nan"), 1e39):
            with pytest.raises(ValueError, match=r"^nonlin::elu.*`alpha` must be finite in "):
                op(*given, value, **more)
        assert device == "meta" or same_bits(given[0], x0)


@pytest.mark.smoke
def test_integers_are_numbers():
    for want, got in (
        (nonlin.elu(x0, 2.0), nonlin.elu(x0, 2)),
        (nonlin.elu(x0, 2.0), torch.ops.nonlin.elu(x0, alpha=2)),
        (nonlin.swish(x0, 3.0), nonlin.swish(x0, beta=3)),
        (nonlin.celu(x0, 2.0), nonlin.celu(x0, 2)),
    ):
        assert same_bits(got, want)


def scripted_calls(x: torch.Tensor, alpha: float, k: int):
    return [
        torch.ops.nonlin.elu(x, alpha),
        torch.ops.nonlin.elu(x, k),
        torch.ops.nonlin.elu(x, alpha=alpha, scale=2),
        torch.ops.nonlin.elu(x, 2, input_scale=0.5),
        torch.ops.nonlin.swish_(x * 1, beta=k),
        torch.ops.nonlin.swish(x, k, out=torch.empty_like(x)),
        nonlin.swish(x, alpha),
        nonlin.celu(x, alpha=alpha),
    ]


def test_scripts_take_numbers_of_both_types_by_position_and_by_name():
    want = scripted_calls(x0, 0.75, 3)
    for ours, theirs in zip(script(scripted_calls)(x0, 0.75, 3), want, strict=True):
        assert same_bits(ours, theirs)


@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
def test_compiled_autograd_tells_numbers_apart():
    """It compiles a backward pass that was recorded eagerly."""
    leaf = x0.clone().requires_grad_()
    for t in TIMES:
        gradients = []
        for around in (compile_backward("aot_eager"), contextlib.nullcontext()):
            leaf.grad = None
            with around:
                (nonlin.elu(leaf, 1 - t) * nonlin.swish(leaf, t)).sum().backward()
            gradients.append(leaf.grad)
        torch.testing.assert_close(*gradients)


# Saved when schemas said float: Swish, ELU, CELU, SiLU and SELU, operators by position and by name,
# functional and in place, with another number in the program's argument.
INPUT = torch.linspace(-2, 2, 8).reshape(2, 4)


def saved(x: torch.Tensor, beta: float) -> torch.Tensor:
    y = nonlin.swish(x, 1.5) + nonlin.elu(x, 0.75) + nonlin.celu(x, 2.0)
    y = y + nonlin.silu(x) + nonlin.selu(x)
    y = y + nonlin.swish(x, beta) + torch.ops.nonlin.elu(x, alpha=0.5, scale=2.0)
    return y + nonlin.swish(x, beta)


def test_scripts_saved_with_the_old_schemas_still_load():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.jit.load(DATA / "numbers.pt")
    for beta in (0.5, 1.25):
        torch.testing.assert_close(program(INPUT, beta), saved(INPUT, beta))


@pytest.mark.skipif(
    torch.__version__ < (2, 15), reason="saved by PyTorch 2.15, whose format earlier ones may lack"
)
def test_exported_programs_saved_with_the_old_schemas_still_load():
    program = torch.export.load(DATA / "numbers.pt2")
    for x in (INPUT, INPUT.repeat(3, 1)):
        torch.testing.assert_close(program.module()(x), saved(x, 1.25))
