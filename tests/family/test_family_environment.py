"""What surrounds a call with a weight or groups: threads, processes, hooks, modes, subclasses."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from accuracy import same_bits
from call_path import Watched
from rows import GROUPWISE, PARAMETRIC, make_weight
from test_environment import Rows, same_in_threads
from torch.autograd import grad

pytestmark = pytest.mark.devices

x0 = torch.linspace(-4, 4, 1200).view(40, 30)


@dataclass(frozen=True)
class Layer:
    """f(x, w), where some have no use for w."""

    name: str
    forward: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


LAYERS = [
    *(Layer(case.operator, case.forward) for case in PARAMETRIC),
    *(Layer(case.operator, lambda x, w, c=case: c.forward(x, 3) * w.sum()) for case in GROUPWISE),
]
each_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)


def leaves() -> list[torch.Tensor]:
    # Threads begin without a default device.
    w = make_weight("channels", 30, x0.dtype).to(x0.device)
    return [x0.clone().requires_grad_(), w.requires_grad_()]


def second_order(layer: Layer) -> tuple[torch.Tensor, ...]:
    tensors = leaves()
    first = grad(layer.forward(*tensors).square().sum(), tensors, create_graph=True)
    return grad(sum(t.square().sum() for t in first), tensors)


@each_layer
def test_python_threads(layer):
    """Up to double backward in four threads at once, partly through one shared graph."""
    shared = leaves()
    graph = layer.forward(*shared).sum()
    same_in_threads(lambda: (*second_order(layer), *grad(graph, shared, retain_graph=True)), 10)


@pytest.mark.cpu
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_fork(parametric):
    """Worker processes forked after this one has run kernels in several threads: sums too."""

    class Pointwise:
        @staticmethod
        def forward(x):
            x, w = x.unflatten(0, (-1, 50)), torch.tensor([0.25])
            return torch.cat([t.flatten() for t in parametric.backward(x, x, w)])

    rows = Rows(Pointwise)
    want = torch.stack([Pointwise.forward(row) for row in rows.data])
    loader = torch.utils.data.DataLoader(
        rows, batch_size=4, num_workers=2, multiprocessing_context="fork"
    )
    assert same_bits(torch.cat(list(loader)), want)


@each_layer
def test_saved_tensor_hooks(layer):
    tensors = leaves()
    want = grad(layer.forward(*tensors).sum(), tensors)
    packed = []
    pack = lambda t: packed.append(t) or t.numpy(force=True)  # noqa: E731
    unpack = lambda array: torch.from_numpy(array).to(x0.device)  # noqa: E731
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = layer.forward(*tensors)
    assert packed
    assert all(same_bits(a, b) for a, b in zip(grad(y.sum(), tensors), want, strict=True))
    with torch.autograd.graph.save_on_cpu():
        y = layer.forward(*tensors)
    assert all(same_bits(a, b) for a, b in zip(grad(y.sum(), tensors), want, strict=True))


@each_layer
def test_anomaly_mode_and_hooks(layer):
    tensors, seen = leaves(), []
    want = grad(layer.forward(*tensors).sum() * 2, tensors)
    with torch.autograd.set_detect_anomaly(True):
        y = layer.forward(*tensors)
        y.register_hook(lambda g: seen.append("tensor") or g * 2)
        y.grad_fn.register_hook(lambda gi, go: seen.append("node"))
        y.sum().backward()
    assert seen == ["tensor", "node"]
    assert all(same_bits(t.grad, w) for t, w in zip(tensors, want, strict=True))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@each_layer
def test_modes_without_gradients(layer, mode):
    tensors = leaves()
    with mode():
        y = layer.forward(*tensors)
    assert not y.requires_grad and y.grad_fn is None
    assert y.is_inference() == (mode is torch.inference_mode)
    assert same_bits(y, layer.forward(*(t.detach() for t in tensors)))


@each_layer
def test_parameters_and_subclasses(layer):
    """A Parameter is a tensor like others; a subclass keeps its type and sees the call."""
    Watched.seen.clear()
    x, w = (t.detach() for t in leaves())
    y = layer.forward(x.as_subclass(Watched), w)
    assert type(y) is Watched and any("nonlin" in str(f) for f in Watched.seen)
    y = layer.forward(torch.nn.Parameter(x), torch.nn.Parameter(w))
    assert type(y) is torch.Tensor and y.requires_grad


def test_lazily_negated_and_conjugate_weights(parametric):
    x, w = x0.double(), make_weight("channels", 30)
    for lazy in (torch._neg_view(w), torch.complex(w, -w).conj().imag):
        assert same_bits(parametric.forward(x, lazy), parametric.forward(x, lazy.clone()))
        got, want = (parametric.backward(x, x, t) for t in (lazy, lazy.resolve_neg()))
        assert all(same_bits(a, b) for a, b in zip(got, want, strict=True))
