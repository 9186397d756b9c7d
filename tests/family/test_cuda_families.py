"""CUDA kernels with weights and groups: sums, alignment, agreement with the CPU, sizes."""

import pytest
import torch
from accuracy import assert_same_bits, bits, mixed, special
from device import DEVICE, needs, on_device
from layouts import LAYOUTS
from parametric_accuracy import LARGE, results
from passes import check, check_sum
from rows import DTYPES, make_weight, weight_leaf, weight_of

pytestmark = pytest.mark.cuda
DTYPE = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def weight(kind: str, channels: int, dtype: torch.dtype) -> torch.Tensor:
    return weight_of(weight_leaf(kind, channels, dtype).to(DEVICE), kind, channels)


def tensors(x: torch.Tensor, w: torch.Tensor) -> list[torch.Tensor]:
    """u, v in the shape of w, and g."""
    return [torch.randn_like(x), torch.randn_like(w), torch.randn_like(x)]


@DTYPE
@pytest.mark.parametrize("shape", LARGE)
def test_large_tensors(parametric, shape, dtype):
    x = torch.randn(LARGE[shape], device=DEVICE).mul(3).to(dtype)
    for kind in ("scalar", "channels", "expanded", "strided"):
        w = weight(kind, x.shape[1], dtype)
        check(parametric, x, w, 1, f"{shape}, {kind}", tensors(x, w))


@DTYPE
def test_alignment(parametric, dtype):
    """Images, rows and channels-last ones that begin anywhere."""
    for shape in ((3, 5, 49), (3, 5, 48), (40, 5), (40, 16)):
        w = weight("channels", shape[1], dtype)
        whole = torch.randn((4, 1000), device=DEVICE).to(dtype)
        size = torch.Size(shape).numel()
        for begin in range(9):
            u, g, x = (t[begin : begin + size].view(shape) for t in whole[:3])
            check(parametric, x, w, 1, f"{shape} from {begin}", (u, torch.randn_like(w), g))
            astray = whole[3][3 : 3 + size].view(shape)
            check(parametric, x, w, 1, f"{shape} astray", (astray, torch.randn_like(w), g))


@DTYPE
def test_parametric_agrees_with_the_cpu(parametric, dtype):
    values = torch.cat((special(dtype), torch.randn(10_000).mul(5).to(dtype)))
    for channels in (1, 7):
        x = values[: len(values) // channels * channels].view(-1, channels)
        w = make_weight("channels", channels, dtype)
        v, g = (torch.randn(x.shape).to(dtype) for _ in range(2))
        here = results(parametric, v, g, x, w)[:4]
        there = results(parametric, *on_device((v, g, x, w)))[:4]
        epsilon = torch.finfo(dtype).eps
        for a, b in zip(there, here, strict=True):
            ordinary = x.double().abs() < 1e4
            torch.testing.assert_close(
                a.cpu()[ordinary], b[ordinary], rtol=16 * epsilon, atol=64 * epsilon
            )
            assert torch.equal(a.cpu().isnan(), b.isnan())


@DTYPE
@pytest.mark.parametrize("shape", LARGE)
def test_sums_repeat(parametric, shape, dtype):
    """Bit for bit, whatever else the device does."""
    x = torch.randn(LARGE[shape], device=DEVICE).to(dtype)
    w = weight("channels", x.shape[1], dtype)
    v, g = torch.randn_like(x), torch.randn_like(x)
    want = results(parametric, v, g, x, w)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    for _ in range(3):
        with torch.cuda.stream(side):
            got = results(parametric, v, g, x, w)
        busy = x.float().exp().sum()
        side.synchronize()
        assert_same_bits(got, want, f"{parametric} {shape} beside {busy.item()}")


def test_workspace_is_small(parametric):
    """Less than a thirtieth of the input, and nothing of its size besides the results."""
    for shape in LARGE.values():
        x = torch.randn(shape, device=DEVICE, dtype=torch.float16)
        w = weight("channels", shape[1], x.dtype)
        g = torch.randn_like(x)
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        kept = parametric.backward(g, x, w)
        after = torch.cuda.memory_allocated()
        assert torch.cuda.max_memory_allocated() - after <= x.nbytes / 30 + 4096, shape
        assert after - before <= sum(t.nbytes + 4096 for t in kept)


def test_more_than_2_to_the_31_elements(parametric):
    """Channels in images, in rows, and a single weight: ends and sums."""
    needs(30)
    size = 2**31 + 2**20
    pattern = torch.randn(2**16, device=DEVICE).bfloat16()
    x = pattern.repeat(size // len(pattern))
    ones = torch.ones((), device=DEVICE, dtype=x.dtype)
    for shape in ((4, size // 8, 2), (size // 64, 64), (2, 2, size // 4), (1, 1, size)):
        w = torch.full((shape[1],), 0.25, device=DEVICE, dtype=x.dtype)
        y = parametric.forward(x.view(shape), w).view(-1)
        want = parametric.forward(pattern, ones / 4)
        assert_same_bits((y[: 2**16], y[-(2**16) :]), (want, want), str(shape))
        del y
        got = parametric.backward(ones.expand(shape), x.view(shape), w, 1, [False, True])[1]
        terms = parametric.weight_terms(ones.expand(len(pattern)), pattern, ones / 4)
        total = got.double().sum() / (size / len(pattern))
        assert (total - terms.sum()).abs() <= 2**-7 * terms.abs().sum()


@DTYPE
@pytest.mark.parametrize("k", [1, 2, 3, 4, 7, 8, 16, 255, 256])
def test_groups(groupwise, dtype, k):
    """The bits of the CPU: groups along every dimension, in every layout, from any address."""
    for layout in ("contiguous", "channels-last", "transposed", "sliced", "with offset"):
        for dim in range(4):
            shape = [6, 6, 16, 10]
            shape[dim] *= k
            here = LAYOUTS[layout](mixed(dtype, *shape))
            along = dim if here.shape[dim] % k == 0 else here.shape.index(max(here.shape))
            if here.shape[along] % k:
                continue
            there = LAYOUTS[layout](mixed(dtype, *shape).to(DEVICE)).copy_(here)
            agree(groupwise, here, there, k, along, f"groups of {k}, {layout}, {along}")


@DTYPE
def test_addresses_of_groups(groupwise, dtype):
    for k in (1, 2, 4, 8):
        whole = mixed(dtype, 20, 16 * k)
        flat = torch.cat((whole.flatten(), whole.flatten()[:16]))
        for begin in range(9):
            here = flat[begin : begin + whole.numel()].view(whole.shape)
            there = flat.to(DEVICE)[begin : begin + whole.numel()].view(whole.shape)
            for dim in range(2):
                if here.shape[dim] % k == 0:
                    agree(groupwise, here, there, k, dim, f"groups of {k} from {begin}")


def agree(groupwise, here, there, k: int, dim: int, where: str) -> None:
    value, index = groupwise.with_index(here, k, dim)
    got = groupwise.with_index(there, k, dim)
    assert torch.equal(bits(got[0].cpu()), bits(value)), where
    assert torch.equal(got[1].cpu(), index), where
    assert torch.equal(bits(groupwise.forward(there, k, dim).cpu()), bits(value)), where
    spread = groupwise.backward(got[0], got[1], k, dim)
    assert torch.equal(bits(spread.cpu()), bits(groupwise.backward(value, index, k, dim))), where
    assert torch.equal(bits(groupwise.gather(there, got[1], k, dim).cpu()), bits(value)), where


def test_more_than_2_to_the_31_groups(groupwise):
    needs(20)
    pattern = torch.randn(2**16, device=DEVICE).bfloat16()
    x = pattern.repeat(2**16 + 4)
    for shape, dim in (((-1, 2), 1), ((2, -1), 0)):
        value, index = groupwise.with_index(x.view(shape), 2, dim)
        want = x.view(shape).amax(dim).flatten()
        assert torch.equal(value.flatten(), want)
        again = groupwise.gather(x.view(shape), index, 2, dim)
        assert torch.equal(again.flatten(), want)
        del value, index, want, again


def test_sums_of_many_terms(parametric):
    """100 million products in float32."""
    needs(8)
    x, g = (torch.randn(100_000_000, device=DEVICE) for _ in range(2))
    for shape in ((1, 1, -1), (-1, 1), (1000, 100, 1000), (-1, 100)):
        w = weight("channels", x.view(shape).shape[1], x.dtype)
        got = parametric.backward(g.view(shape), x.view(shape), w, 1, [False, True])[1]
        terms = parametric.weight_terms(g.view(shape), x.view(shape), w, 1)
        check_sum(parametric, got, terms, 1, str(shape))
        del terms
