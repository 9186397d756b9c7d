"""CUDA kernels queue work and nothing else: streams, events, graphs, and no synchronization."""

import pytest
import torch
from accuracy import assert_same_bits
from device import DEVICE
from kernel_calls import every_call, tensors
from rows import GROUPWISE, PARAMETRIC, POINTWISE
from torch.autograd import grad

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.filterwarnings("ignore:Synchronization debug mode is a prototype"),
    # The test means to have a gradient from another stream.
    pytest.mark.filterwarnings("ignore:The AccumulateGrad node's stream"),
]
# f(x, w), where some have no use for w.
LAYERS = {
    **{row.operator: lambda x, w, c=row: c.forward(x) for row in POINTWISE},
    **{row.operator: lambda x, w, c=row: c.forward(x, w) for row in PARAMETRIC},
    **{row.operator: lambda x, w, c=row: c.forward(x, 2, 0) for row in GROUPWISE},
}
each_layer = pytest.mark.parametrize("layer", LAYERS)
HALF = torch.bfloat16


def leaves() -> list[torch.Tensor]:
    x, w = torch.randn(500, 64, device=DEVICE), torch.randn(64, device=DEVICE)
    return [x.requires_grad_(), w.requires_grad_()]


def gradients(y: torch.Tensor, of: list[torch.Tensor], g: torch.Tensor | None = None) -> tuple:
    found = grad(y, of, torch.ones_like(y) if g is None else g, allow_unused=True)
    return tuple(t for t in found if t is not None)


def busy() -> None:
    """Keeps the current stream waiting for some tens of milliseconds."""
    torch.cuda._sleep(50_000_000)


def beside() -> torch.cuda.Stream:
    """A stream that has waited for the current one."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    return side


@each_layer
def test_current_stream(layer):
    """Work waits for what was queued before it in its stream, and not for other streams."""
    source, w = (t.detach() for t in leaves())
    x, f = torch.zeros_like(source), LAYERS[layer]
    want = f(source, w)
    want.sum().item()  # the first call of a kernel loads it, and that may wait for the whole device
    side = beside()
    with torch.cuda.stream(side):
        busy()
        x.copy_(source)
        got = f(x, w)
    side.synchronize()
    assert_same_bits((got,), (want,), f"{layer} in a side stream")
    with torch.cuda.stream(side):
        busy()
        waiting = side.record_event()
    f(source, w).sum().item()
    assert not waiting.query(), f"{layer} ran in, or waited for, another stream"
    side.synchronize()


@each_layer
def test_backward_follows_its_forward(layer):
    """Into the stream of the forward, where it waits for a gradient from another one."""
    inputs, f = leaves(), LAYERS[layer]
    y = f(*inputs)
    source = torch.randn_like(y)
    want = gradients(y, inputs, source)
    torch.cuda.synchronize()
    with torch.cuda.stream(beside()):
        y = f(*inputs)
    torch.cuda.synchronize()
    busy()
    late = torch.zeros_like(source).copy_(source)
    assert_same_bits(gradients(y, inputs, late), want, f"{layer}, a forward in a side stream")


@each_layer
def test_gradients_of_two_streams_are_added(layer):
    """One tensor used in two streams, the later part of either still waiting."""
    inputs, f = leaves(), LAYERS[layer]
    want = [2 * t for t in gradients(f(*inputs), inputs)]
    torch.cuda.synchronize()
    side = beside()
    with torch.cuda.stream(side):
        busy()
        one = f(*inputs)
    other = f(*inputs)
    torch.cuda.current_stream().wait_stream(side)
    (one + other).sum().backward()
    got = [t.grad for t in inputs if t.grad is not None]
    assert_same_bits(got, want, f"{layer}, two streams")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, HALF], ids=str)
def test_no_synchronization(dtype):
    """Neither in an operator nor in autograd around it, after a first call has loaded kernels."""
    calls = list(every_call((40, 6, 8), dtype, DEVICE))
    for layer, f in LAYERS.items():
        inputs = [t.detach().to(dtype).requires_grad_() for t in leaves()]
        calls.append((f"gradients of {layer}", lambda f=f, i=inputs: gradients(f(*i), i)))
    for name, run in calls:
        run()
        torch.cuda.set_sync_debug_mode("error")
        try:
            run()
        except RuntimeError as error:
            raise AssertionError(f"{name}, {dtype}, synchronizes") from error
        finally:
            torch.cuda.set_sync_debug_mode("default")


def captured(run) -> tuple[torch.cuda.CUDAGraph, tuple[torch.Tensor, ...]]:
    side = beside()
    with torch.cuda.stream(side):
        run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        kept = tensors(run())
    return graph, kept


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, HALF], ids=str)
@pytest.mark.parametrize("shape", [(40, 6, 8), (3, 2000, 2)], ids=str)
def test_graphs(shape, dtype):
    """Every call is captured, and a replay gives the bits of a call."""
    for name, run in every_call(shape, dtype, DEVICE):
        graph, got = captured(run)
        for t in got:
            t.zero_()
        graph.replay()
        assert_same_bits(got, tensors(run()), f"{name}, replayed")


@each_layer
def test_graph_of_a_step(layer):
    """Forward, backward and double backward in one graph, with new numbers."""
    inputs, f = leaves(), LAYERS[layer]

    def step():
        first = grad(f(*inputs).square().sum(), inputs, create_graph=True, allow_unused=True)
        first = [t for t in first if t is not None]
        return *first, *gradients(sum(t.square().sum() for t in first), inputs)

    graph, got = captured(step)
    with torch.no_grad():
        for t in inputs:
            t.copy_(torch.randn_like(t))
    graph.replay()
    assert_same_bits([t.detach() for t in got], [t.detach() for t in step()], f"{layer}, a step")


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 4), (2, 3, 0)], ids=str)
def test_nothing_is_launched_for_nothing(shape):
    """But what sets the gradient of a weight to zero."""
    for name, run in every_call(shape, torch.float32, DEVICE):
        if any(t.numel() for t in tensors(run())):
            continue
        with pytest.warns(UserWarning, match="CUDA Graph is empty"):
            captured(run)
        assert all(t.is_cuda for t in tensors(run())), name
