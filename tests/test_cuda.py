"""CUDA kernels: layouts, streams, graphs, devices, sizes and errors."""

import pytest
import torch
from device import DEVICE, needs_cuda, on_device, same
from test_determinism import DTYPE, PASSES, run, tensors

pytestmark = needs_cuda

GIBIBYTE = 2**30

SHAPE = (4, 6, 5, 7)
LAYOUTS = {
    "contiguous": lambda t: t,
    "channels last": lambda t: t.contiguous(memory_format=torch.channels_last),
    "transposed": lambda t: t.transpose(1, 3).contiguous().transpose(1, 3),
    "sliced": lambda t: t.repeat_interleave(3, -1)[..., ::3],
    "rows apart": lambda t: torch.cat((t, t), -1)[..., : t.size(-1)],
    "behind an offset": lambda t: torch.cat((t.flatten()[:1], t.flatten()))[1:].view(t.shape),
    "expanded": lambda t: t[:1, :, :1].expand(t.shape),
}


def arrangements(inputs: tuple[torch.Tensor, ...]):
    """v, g and x in every layout, alike and differently."""
    v, g, x = (t.view(SHAPE) for t in inputs)
    kinds = list(LAYOUTS.items())
    for index, (label, lay) in enumerate(kinds):
        for other_label, other in (kinds[index], kinds[index - 1]):
            yield f"{label} with {other_label}", (other(v), lay(g), other(lay(x)))


@DTYPE
@pytest.mark.parametrize("name", PASSES)
def test_layouts(operator, dtype, name):
    """Bits as for dense copies, strides as on the CPU."""
    for where, arranged in arrangements(on_device(tensors(dtype, 840))):
        got = run(operator, name, *arranged)
        same(got, run(operator, name, *(t.contiguous() for t in arranged)), f"{operator}, {where}")
        assert {t.stride() for t in got} == {torch.empty_like(arranged[2]).stride()}, where


def test_no_copies(operator):
    """Nothing but the results is allocated, whatever the layout."""
    for where, arranged in arrangements(on_device(tensors(torch.float32, 840))):
        for name in PASSES:
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            kept = run(operator, name, *arranged)
            after = torch.cuda.memory_allocated()
            assert torch.cuda.max_memory_allocated() == after, f"{operator} {name}, {where}"
            assert after - before <= len(kept) * 4096
            del kept


@DTYPE
def test_alignment(operator, dtype):
    inputs = on_device(tensors(dtype, 96))
    for name in PASSES:
        whole = run(operator, name, *inputs)
        for begin in range(9):
            for size in (*range(20), 64, 87):
                piece = slice(begin, begin + size)
                got = run(operator, name, *(t[piece] for t in inputs))
                same(got, tuple(t[piece] for t in whole), f"{operator} {name}, {size} from {begin}")
    x, target = inputs[-1], torch.zeros(96, dtype=dtype, device=DEVICE)
    for begin in range(9):
        operator.out(x[:80], target[begin : begin + 80])
        same((target[begin : begin + 80],), (operator.forward(x)[:80],), f"out at {begin}")


@DTYPE
def test_empty_and_scalar(operator, dtype):
    for shape in ((0,), (3, 0, 2), ()):
        inputs = tuple(torch.randn(shape, device=DEVICE).to(dtype) for _ in range(3))
        for name in PASSES:
            for t in run(operator, name, *inputs):
                assert t.shape == shape and t.dtype == dtype and t.device == inputs[0].device


def test_in_place_and_out(operator):
    x = torch.randn(5, 66, device=DEVICE)
    want = (operator.forward(x),)
    view = torch.cat((x, x), 1)[:, :66]
    same((operator.inplace(view),), want, "in place")
    same((operator.out(x, torch.empty(66, 5, device=DEVICE).t()),), want, "out, transposed")
    same((operator.out(x, torch.empty(0, device=DEVICE)),), want, "out, resized")
    same((operator.out(view.copy_(x), view),), want, "out, self")


def busy() -> None:
    """Keeps the current stream waiting for some tens of milliseconds."""
    torch.cuda._sleep(50_000_000)


def test_current_stream(operator):
    """Work waits for what was queued before it in its stream, and not for other streams."""
    source, x = torch.randn(10_000, device=DEVICE), torch.zeros(10_000, device=DEVICE)
    want = operator.forward(source)
    want.sum().item()  # the first call of a kernel loads it, and that may wait for the whole device
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        busy()
        x.copy_(source)
        got = operator.forward(x)
    side.synchronize()
    same((got,), (want,), "side stream")
    with torch.cuda.stream(side):
        busy()
        waiting = side.record_event()
    operator.forward(source).sum().item()
    assert not waiting.query(), "the operator ran in, or waited for, another stream"
    side.synchronize()


def test_graph(operator):
    x, g = (torch.randn(1000, device=DEVICE) for _ in range(2))
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        operator.backward(g, operator.forward(x))
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        value = operator.forward(x)
        gradient = operator.backward(g, x)
    x.copy_(torch.randn_like(x))
    graph.replay()
    same((value, gradient), (operator.forward(x), operator.backward(g, x)), "replayed")


def test_another_device(operator):
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two CUDA devices")
    x = torch.randn(1000, device="cuda:1")
    with torch.cuda.device(0):
        got = operator.forward(x)
        assert torch.cuda.current_device() == 0
    assert got.device == x.device
    same((got,), (operator.forward(x.to("cuda:0")),), "another device")


def needs(gibibytes: float) -> None:
    free = torch.cuda.mem_get_info()[0] / GIBIBYTE
    if free < gibibytes:
        pytest.skip(f"needs {gibibytes} GiB of device memory, {free:.1f} are free")


def test_more_than_2_to_the_31_elements():
    """A dense run; one astray by an element; and two dimensions with an expanded gradient."""
    needs(14)
    mish = torch.ops.nonlin.mish
    size = 2**31 + 4099
    pattern = torch.randn(4099, device=DEVICE).bfloat16()
    x = pattern.repeat(size // 4099 + 1)[:size]
    want = mish(pattern)
    ends = slice(-(size % 4099) - 2 * 4099, None)
    wanted = want.repeat(4)[: 2 * 4099 + size % 4099]
    y = mish(x)
    same((y[:4099], y[ends]), (want, wanted), "dense")
    assert int(y.isnan().sum()) == 0
    y.zero_()
    mish.out(x[: size - 1], out=y[1:])
    same((y[1:4100], y[ends][1:]), (want, wanted[:-1]), "astray")
    del y
    row = torch.randn(4099, device=DEVICE).bfloat16()
    x = x[: size // 4099 * 4099].view(-1, 4099)
    gradient = torch.ops.nonlin.mish_backward(row.expand_as(x), x)
    expected = torch.ops.nonlin.mish_backward(row, pattern)
    same((gradient[0], gradient[-1]), (expected, expected), "expanded")


def test_errors(operator):
    name = f"nonlin::{operator.operator}"
    x = torch.randn(4, device=DEVICE)
    with pytest.raises(NotImplementedError, match=f"{name}: `self`.*int64"):
        operator.forward(x.long())
    with pytest.raises(RuntimeError, match=f"{name}_backward: `grad_output` must be on {x.device}"):
        operator.backward(torch.randn(4), x)
    with pytest.raises(RuntimeError, match=f"{name}.out: `out` must be on {x.device}"):
        operator.out(x, torch.empty(4))
    with pytest.raises(RuntimeError, match=f"{name}_: `self`"):
        operator.inplace(x[:1].expand(4))
    with pytest.raises(RuntimeError, match=f"{name}.out: `out`.*overlap"):
        operator.out(x[1:], x[:3])
    with pytest.raises(RuntimeError, match=f"{name}_backward: `grad_output`.*shape"):
        operator.backward(x[:3], x)


def test_more_dimensions_than_a_kernel_takes():
    """Where nothing can be merged: 26 dimensions of two elements, in another order in memory."""
    needs(2)
    x = torch.zeros((2,) * 26, device=DEVICE, dtype=torch.float16)
    y = torch.zeros_like(x).permute(*range(1, 26, 2), *range(0, 26, 2))
    with pytest.raises(RuntimeError, match="25 dimensions"):
        torch.ops.nonlin.mish.out(x, out=y)
