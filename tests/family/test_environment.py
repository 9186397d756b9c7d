"""What surrounds a call in real programs: threads, processes, checkpoints, hooks, copies, modes."""

import subprocess
import sys
import threading
from itertools import product

import pytest
import torch
from accuracy import assert_within, same_bits
from call_path import Watched
from nonlin.testing import spacing, ulp_error
from rows import HALVES, SETTINGS, Row, Sample, make_weight
from torch.autograd import grad
from torch.utils.checkpoint import checkpoint
from transforms import functions

pytestmark = pytest.mark.devices


def samples(row: Row) -> list[Sample]:
    """Of leaves, on the device under test."""
    return [s.leaves() for s in row.sample_inputs(torch.float32, torch.get_default_device())]


def equal(got, want) -> bool:
    return all(same_bits(a, b) for a, b in zip(got, want, strict=True))


def first_order(f, sample: Sample, factor: float = 1) -> tuple[torch.Tensor, ...]:
    return grad(f(*sample.tensors).sum() * factor, sample.tensors)


def second_order(row: Row, sample: Sample) -> tuple[torch.Tensor, ...]:
    first = grad(row.forward(*sample.arguments).square().sum(), sample.tensors, create_graph=True)
    return grad(sum(t.square().sum() for t in first), sample.tensors)


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


def test_python_threads(activation):
    """Up to double backward in four threads at once, partly through shared graphs."""
    given = samples(activation)
    graphs = [(activation.forward(*s.arguments).sum(), s.tensors) for s in given]

    def run() -> list[torch.Tensor]:
        second = [t for sample in given for t in second_order(activation, sample)]
        return second + [t for y, leaves in graphs for t in grad(y, leaves, retain_graph=True)]

    same_in_threads(run, 5)


class Loaded(torch.utils.data.Dataset):
    """Computes values and gradients in the worker process that loads an item."""

    def __init__(self, row: Row, sample: Sample) -> None:
        given = [t.detach() for t in sample.tensors]
        shape = given[0].shape
        times = (50_000 // given[0].numel() + 1, *[1] * (len(shape) - 1))
        x, *rest = (t.repeat(times) if t.shape == shape else t for t in given)
        self.row, self.samples = row, [sample.with_tensors(k * x, *rest) for k in range(8)]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> torch.Tensor:
        given = self.samples[index].arguments
        y = self.row.forward(*given)
        return torch.cat([t.flatten() for t in (y, *self.row.gradients(y, *given))])


@pytest.mark.cpu
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_fork(activation):
    """Worker processes forked after this one has run kernels in several threads: sums too."""
    data = Loaded(activation, samples(activation)[1])
    want = torch.stack([data[i] for i in range(len(data))])
    loader = torch.utils.data.DataLoader(
        data, batch_size=4, num_workers=2, multiprocessing_context="fork"
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
def test_flushed_subnormal_numbers(instruction_set, dtype, flushed):
    """As good as ever, but for the least normal number, below which everything is zero then."""
    x = torch.cat((torch.linspace(-130, 30, 100_001), torch.logspace(-37, 1, 1001))).to(dtype)
    least = torch.finfo(torch.float32).tiny
    x = x[x.double().abs() >= least]
    for row, member in product(SETTINGS, ("value", "slope")):
        got = row.computed(member, x)
        torch.set_flush_denormal(False)  # the reference computes with all its numbers
        want = getattr(row.jet(x), member)
        error = ulp_error(got, want) - least / spacing(want, dtype)
        bound = row.bounds(got)[member]
        assert_within(bound, error, f"{row} {member}", x, got, want, instruction_set)
        torch.set_flush_denormal(True)


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(activation, reentrant):
    """In place as well."""
    for sample in samples(activation):
        for f in functions(activation, sample)[0]:

            def block(x, *rest, f=f):
                return f(torch.sin(x), *rest).sin()

            want = first_order(block, sample)
            y = checkpoint(block, *sample.tensors, use_reentrant=reentrant)
            if reentrant:  # its backward is for .backward() alone
                y.sum().backward()
                got = [t.grad for t in sample.tensors]
            else:
                got = grad(y.sum(), sample.tensors)
            assert equal(got, want), f"{sample.name}, {f.__name__}"
            for t in sample.tensors:
                t.grad = None


def test_saved_tensor_hooks(activation):
    """Packed on the way in, unpacked on the way out, as often as there is a backward."""
    for sample in samples(activation):
        packed, unpacked = [], []

        def pack(t, packed=packed):
            packed.append(t)
            return t.numpy(force=True)

        def unpack(array, unpacked=unpacked, device=sample.input.device):
            unpacked.append(array)
            return torch.from_numpy(array).to(device)

        want = first_order(functions(activation, sample)[0][0], sample)
        with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
            y = activation.forward(*sample.arguments)
        assert len(packed) == len(sample.tensors) and unpacked == []
        assert equal(grad(y.sum(), sample.tensors), want)
        assert len(unpacked) == len(packed)
        with torch.autograd.graph.save_on_cpu():
            y = activation.forward(*sample.arguments)
        assert equal(grad(y.sum(), sample.tensors), want)


def test_anomaly_mode_and_hooks(activation):
    sample, seen = samples(activation)[0], []
    want = first_order(functions(activation, sample)[0][0], sample, 2)
    with torch.autograd.set_detect_anomaly(True):
        y = activation.forward(*sample.arguments)
        y.register_hook(lambda g: seen.append("tensor") or g * 2)
        y.grad_fn.register_hook(lambda gi, go: seen.append("node"))
        y.grad_fn.register_prehook(lambda go: seen.append("before"))
        y.sum().backward()
    assert seen == ["before", "tensor", "node"] or seen == ["tensor", "before", "node"]
    assert equal([t.grad for t in sample.tensors], want)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_modes_without_gradients(activation, mode):
    for sample in samples(activation):
        for f in functions(activation, sample)[0]:
            with mode():
                y = f(*sample.tensors)
            assert not y.requires_grad and y.grad_fn is None
            assert y.is_inference() == (mode is torch.inference_mode)
            assert same_bits(y, activation.forward(*sample.arguments).detach())


def test_parameters_and_subclasses(activation):
    """A Parameter is a tensor like others; a subclass keeps its type and sees the call."""
    sample = samples(activation)[0]
    x, *rest = (t.detach() for t in sample.tensors)
    Watched.seen.clear()
    y = activation.forward(x.as_subclass(Watched), *rest, *sample.numbers)
    assert type(y) is Watched and any("nonlin" in str(f) for f in Watched.seen)
    parameters = sample.map(lambda t: torch.nn.Parameter(t.detach()))
    y = activation.forward(*parameters.arguments)
    assert type(y) is torch.Tensor and y.requires_grad


def test_lazily_negated_and_conjugate_weights(parametric):
    x, w = torch.linspace(-4, 4, 1200).view(40, 30).double(), make_weight("channels", 30)
    for lazy in (torch._neg_view(w), torch.complex(w, -w).conj().imag):
        assert same_bits(parametric.forward(x, lazy), parametric.forward(x, lazy.clone()))
        assert equal(*(parametric.backward(x, x, t) for t in (lazy, lazy.resolve_neg())))


@pytest.mark.cpu
def test_import_loads_nothing_more():
    """Of PyTorch; and not the equipment, which needs more than PyTorch."""
    code = "import sys, torch; a = set(sys.modules); import nonlin; print(*set(sys.modules) - a)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    more = ("torch.", "nonlin.testing", "numpy", "gmpy2", "mpmath")
    assert not [name for name in loaded if name.startswith(more)], loaded
