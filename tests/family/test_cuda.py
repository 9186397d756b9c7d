"""CUDA kernels: layouts, memory, devices, sizes and errors."""

import pytest
import torch
from accuracy import assert_same_bits, tensors
from device import DEVICE, needs, on_device
from kernel_calls import PASSES, every_call, run
from kernel_calls import tensors as results
from messages import refuses
from rows import DTYPES

pytestmark = pytest.mark.cuda
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)

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
def test_layouts(pointwise, dtype, name):
    """Bits as for dense copies, strides as on the CPU."""
    for where, arranged in arrangements(on_device(tensors(dtype, 840))):
        got = run(pointwise, name, *arranged)
        assert_same_bits(
            got, run(pointwise, name, *(t.contiguous() for t in arranged)), f"{pointwise}, {where}"
        )
        assert {t.stride() for t in got} == {torch.empty_like(arranged[2]).stride()}, where


def test_no_copies(pointwise):
    """Nothing but the results is allocated, whatever the layout."""
    for where, arranged in arrangements(on_device(tensors(torch.float32, 840))):
        for name in PASSES:
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            kept = run(pointwise, name, *arranged)
            after = torch.cuda.memory_allocated()
            assert torch.cuda.max_memory_allocated() == after, f"{pointwise} {name}, {where}"
            assert after - before <= len(kept) * 4096
            del kept


@DTYPE
def test_alignment(pointwise, dtype):
    inputs = on_device(tensors(dtype, 96))
    for name in PASSES:
        whole = run(pointwise, name, *inputs)
        for begin in range(9):
            for size in (*range(20), 64, 87):
                piece = slice(begin, begin + size)
                got = run(pointwise, name, *(t[piece] for t in inputs))
                assert_same_bits(
                    got, tuple(t[piece] for t in whole), f"{pointwise} {name}, {size} from {begin}"
                )
    x, target = inputs[-1], torch.zeros(96, dtype=dtype, device=DEVICE)
    for begin in range(9):
        pointwise.out(x[:80], out=target[begin : begin + 80])
        assert_same_bits(
            (target[begin : begin + 80],), (pointwise.forward(x)[:80],), f"out at {begin}"
        )


def test_in_place_and_out(pointwise):
    x = torch.randn(5, 66, device=DEVICE)
    want = (pointwise.forward(x),)
    view = torch.cat((x, x), 1)[:, :66]
    assert_same_bits((pointwise.inplace(view),), want, "in place")
    assert_same_bits(
        (pointwise.out(x, out=torch.empty(66, 5, device=DEVICE).t()),), want, "out, transposed"
    )
    assert_same_bits((pointwise.out(x, out=torch.empty(0, device=DEVICE)),), want, "out, resized")
    assert_same_bits((pointwise.out(view.copy_(x), out=view),), want, "out, self")


def test_another_device():
    """Every kernel runs where its tensors are, whatever the current device is."""
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two CUDA devices")
    calls = []
    for device in ("cuda:0", "cuda:1"):
        torch.manual_seed(0)
        calls.append(list(every_call((4, 6, 8), torch.float32, device)))
    for (name, run_here), (_, run_there) in zip(*calls, strict=True):
        with torch.cuda.device(0):
            got = results(run_there())
            assert torch.cuda.current_device() == 0
        assert {t.device for t in got} == {torch.device("cuda:1")}, name
        assert_same_bits(got, results(run_here()), f"{name} on another device")


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
    assert_same_bits((y[:4099], y[ends]), (want, wanted), "dense")
    assert int(y.isnan().sum()) == 0
    y.zero_()
    mish.out(x[: size - 1], out=y[1:])
    assert_same_bits((y[1:4100], y[ends][1:]), (want, wanted[:-1]), "astray")
    del y
    row = torch.randn(4099, device=DEVICE).bfloat16()
    x = x[: size // 4099 * 4099].view(-1, 4099)
    gradient = torch.ops.nonlin.mish_backward(row.expand_as(x), x)
    expected = torch.ops.nonlin.mish_backward(row, pattern)
    assert_same_bits((gradient[0], gradient[-1]), (expected, expected), "expanded")


def test_tensors_of_several_devices(pointwise, parametric, groupwise):
    """Refused by the name of the one that is elsewhere: nothing is moved silently."""
    x, w = torch.randn(4, 6, device=DEVICE), torch.randn(6, device=DEVICE)
    index = groupwise.with_index(x, 2)[1]
    g, name = x[:, :3], parametric.weight
    for case, kind, arguments, argument in (
        (pointwise, "_backward", (x.cpu(), x), "grad_output"),
        (pointwise, "_backward", (x, x.cpu()), "grad_output"),
        (pointwise, "_double_backward", (x.cpu(), x, x), "grad_grad"),
        (pointwise, "_double_backward", (x, x.cpu(), x), "grad_output"),
        (parametric, "", (x, w.cpu()), name),
        (parametric, "_", (x.clone(), w.cpu()), name),
        (parametric, "_backward", (x, x, w.cpu()), name),
        (parametric, "_backward", (x.cpu(), x, w), "grad_output"),
        (parametric, "_double_backward", (x, w.cpu(), x, x, w), "grad_grad_weight"),
        (groupwise, "_backward", (g, index.cpu(), 2), "index"),
        (groupwise, "_gather", (x, index.cpu(), 2), "index"),
    ):
        given = arguments if case is not pointwise else (*arguments, *pointwise.parameters)
        run = lambda c=case, k=kind, a=given: c.overload(k)(*a)  # noqa: E731
        refuses(case, kind, RuntimeError, argument, "cpu", str(x.device), run=run)
    out = torch.zeros(4, 6)
    for case, given in ((pointwise, pointwise.parameters), (parametric, (w,)), (groupwise, (1,))):
        run = lambda c=case, a=given: c.overload("out")(x, *a, out=out)  # noqa: E731
        refuses(case, "out", RuntimeError, "out", "cpu", str(x.device), run=run)
    assert not out.any()


def test_sparse_tensors(pointwise):
    with pytest.raises((NotImplementedError, RuntimeError), match=f"nonlin::{pointwise.operator}"):
        pointwise.forward(torch.eye(3, device=DEVICE).to_sparse())


def test_more_dimensions_than_a_kernel_takes():
    """Where nothing can be merged: 26 dimensions of two elements, in another order in memory."""
    needs(2)
    x = torch.zeros((2,) * 26, device=DEVICE, dtype=torch.float16)
    y = torch.zeros_like(x).permute(*range(1, 26, 2), *range(0, 26, 2))
    with pytest.raises(RuntimeError, match="25 dimensions"):
        torch.ops.nonlin.mish.out(x, out=y)
