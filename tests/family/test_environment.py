"""What surrounds a call in real programs: threads, processes, checkpoints, hooks, copies, modes."""

import subprocess
import sys
import threading

import pytest
import torch
from accuracy import assert_within, same_bits
from call_path import Watched, public
from nonlin.reference import spacing, ulp_error
from rows import HALVES
from torch.autograd import grad
from torch.utils.checkpoint import checkpoint

pytestmark = pytest.mark.devices

x0 = torch.linspace(-4, 4, 1001)


def gradient(f, x: torch.Tensor) -> torch.Tensor:
    x = x.detach().clone().requires_grad_()
    (first,) = grad(f(x).square().sum(), x, create_graph=True)
    return grad(first.square().sum(), x)[0]


def same_in_threads(run, repeats: int) -> None:
    """Four threads at once get the bits that one alone gets."""
    want, wrong = run(), []

    def work() -> None:
        try:
            for _ in range(repeats):
                wrong.extend(g for g, w in zip(run(), want, strict=True) if not same_bits(g, w))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_python_threads(operator):
    """Up to double backward in four threads at once, partly through one shared graph."""
    shared = x0.clone().requires_grad_()
    graph = operator.forward(shared).sum()
    same_in_threads(
        lambda: (gradient(operator.forward, x0), grad(graph, shared, retain_graph=True)[0]), 20
    )


class Rows(torch.utils.data.Dataset):
    """Applies an operator in the worker process that loads a row."""

    def __init__(self, case) -> None:
        self.case, self.data = case, torch.randn(8, 50_000)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.case.forward(self.data[index])


@pytest.mark.cpu
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_fork(operator):
    """Worker processes forked after this one has run kernels in several threads."""
    rows = Rows(operator)
    want = operator.forward(rows.data)
    loader = torch.utils.data.DataLoader(
        rows, batch_size=4, num_workers=2, multiprocessing_context="fork"
    )
    assert same_bits(torch.cat(list(loader)), want)


@pytest.fixture
def flushed():
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot flush subnormal numbers")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the mode is each thread's own
    yield
    torch.set_num_threads(threads)
    torch.set_flush_denormal(False)


@pytest.mark.cpu
@pytest.mark.parametrize("dtype", [torch.float32, *HALVES], ids=str)
def test_flushed_subnormal_numbers(case, instruction_set, dtype, flushed):
    """As good as ever, but for the least normal number, below which everything is zero then."""
    x = torch.cat((torch.linspace(-130, 30, 100_001), torch.logspace(-37, 1, 1001))).to(dtype)
    least = torch.finfo(torch.float32).tiny
    x = x[(x.double().abs() >= least)]
    for member in ("value", "slope"):
        got = case.computed(member, x)
        torch.set_flush_denormal(False)  # the reference computes with all its numbers
        want = getattr(case.jet(x), member)
        unit = spacing(want, dtype)
        error = ulp_error(got, want) - least / unit
        bound = case.bounds(got)[member]
        assert_within(bound, error, f"{case} {member}", x, got, want, instruction_set)
        torch.set_flush_denormal(True)


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(operator, reentrant):
    x = x0.clone().requires_grad_()

    def block(t):
        return operator.forward(torch.sin(operator.forward(t)))

    y = checkpoint(block, x, use_reentrant=reentrant)
    (ours,) = grad(y.sum(), x) if not reentrant else (None,)
    if reentrant:  # its backward is for .backward() alone
        y.sum().backward()
        ours = x.grad
    plain = x0.clone().requires_grad_()
    (want,) = grad(block(plain).sum(), plain)
    assert same_bits(ours, want)


def test_checkpointing_of_an_in_place_operator(operator):
    x = x0.clone().requires_grad_()

    def block(t):
        return operator.inplace(t * 1)

    y = checkpoint(block, x, use_reentrant=False)
    assert same_bits(grad(y.sum(), x)[0], operator.backward(torch.ones_like(x0), x0))


def test_saved_tensor_hooks(operator):
    """Packed on the way in, unpacked on the way out, as often as there is a backward."""
    packed, unpacked = [], []

    def pack(t):
        packed.append(t)
        return t.numpy(force=True)

    def unpack(array):
        unpacked.append(array)
        return torch.from_numpy(array).to(x0.device)

    x = x0.clone().requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = operator.forward(x)
    assert len(packed) == 1 and unpacked == []
    assert same_bits(grad(y.sum(), x)[0], operator.backward(torch.ones_like(x0), x0))
    assert len(unpacked) == 1
    with torch.autograd.graph.save_on_cpu():
        y = operator.forward(x)
    assert same_bits(grad(y.sum(), x)[0], operator.backward(torch.ones_like(x0), x0))


def test_anomaly_mode_and_hooks(operator):
    seen = []
    x = x0.clone().requires_grad_()
    with torch.autograd.set_detect_anomaly(True):
        y = operator.forward(x)
        y.register_hook(lambda g: seen.append("tensor") or g * 2)
        y.grad_fn.register_hook(lambda gi, go: seen.append("node"))
        y.grad_fn.register_prehook(lambda go: seen.append("before"))
        y.sum().backward()
    assert seen == ["before", "tensor", "node"] or seen == ["tensor", "before", "node"]
    twice = operator.backward(torch.full_like(x0, 2.0), x0)
    assert same_bits(x.grad, twice)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_modes_without_gradients(operator, mode):
    x = x0.clone().requires_grad_()
    with mode():
        y = operator.forward(x)
        z = operator.inplace(x0.clone())
    assert not y.requires_grad and y.grad_fn is None
    assert y.is_inference() == (mode is torch.inference_mode)
    assert same_bits(y, z)
    assert same_bits(y, operator.forward(x0))


def test_autocast(operator):
    """As PyTorch's own: the type of the input is kept."""
    with torch.autocast(x0.device.type, dtype=torch.bfloat16):
        assert operator.forward(x0).dtype == torch.float32
        assert operator.forward(x0.bfloat16()).dtype == torch.bfloat16


def test_subclasses(operator):
    """A tensor subclass keeps its type and sees the call."""
    Watched.seen.clear()
    y = operator.row.function(x0.as_subclass(Watched))
    assert type(y) is Watched
    assert public(operator.row) in Watched.seen


@pytest.mark.cpu
def test_import_loads_nothing_more_of_pytorch():
    code = "import sys, torch; a = set(sys.modules); import nonlin; print(*set(sys.modules) - a)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert not [name for name in loaded if name.startswith("torch.")], loaded
