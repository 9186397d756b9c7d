"""Every operator on a device without kernels of ours: what test_other_devices.py runs.

There an operator is its expression, and this device computes as the CPU does: bits can be compared.
"""

import copy

import nonlin
import pytest
import torch
from accuracy import same_bits
from compiling import agree
from device import DEVICE
from messages import arguments, call, called
from operators import EVERY_OPERATOR, differentiable, each_operator, results
from rows import ALL, DTYPES
from saving import Everything
from torch.autograd import forward_ad, grad


@pytest.mark.parametrize("row", EVERY_OPERATOR, ids=str)
def test_an_operator_is_its_expression(row):
    """Of every kind, in every type and layout: value, shape and strides."""
    table = nonlin.decompositions()
    for dtype in DTYPES:
        for sample in row.sample_inputs(dtype):
            for kind in row.KINDS:
                op, operands = row.overload(kind), row.operands(kind, sample)
                want = results(table[op], row, kind, sample, operands)
                there = sample.map(moved), operands.map(moved)
                got = results(op, row, kind, *there)
                for ours, theirs in zip(got, want, strict=True):
                    assert ours.device.type == DEVICE
                    assert ours.stride() == theirs.stride() or not ours.numel()
                    assert same_bits(ours.cpu(), theirs), (sample.name, kind, dtype)


def moved(t: torch.Tensor) -> torch.Tensor:
    """The tensor there, in the memory that it has here."""
    memory = t.as_strided((t.untyped_storage().nbytes() // t.element_size(),), (1,), 0)
    return memory.to(DEVICE).as_strided(t.shape, t.stride(), t.storage_offset())


BAD = {
    "integer": lambda t: t.long(),
    "bool": lambda t: t > 0,
    "complex": lambda t: t.to(torch.complex64),
    "float8": lambda t: t.to(torch.float8_e4m3fn),
    "of another type": lambda t: t.double() if t.dtype != torch.float64 else t.float(),
    "of another shape": lambda t: t[:1],
    "without dimensions": lambda t: t.sum().to(t.dtype),
    "on another device": lambda t: t.to("meta"),
    "expanded": lambda t: t.flatten()[:1].expand(t.shape),
    "a list": lambda t: [1.0],
    "None": lambda t: None,
    "nan": lambda t: float("nan"),
    "far": lambda t: 7,
    "huge": lambda t: 1e300,
}


@each_operator
def test_messages_are_those_of_the_cpu(row, kind):
    """For each argument in turn: refused with the same error in the same words, or taken alike."""
    refused = 0
    for name, good in arguments(row, kind).items():
        for what, make in BAD.items():
            said = []
            for device in ("cpu", DEVICE):
                with torch.device(device):
                    given = arguments(row, kind)
                    if isinstance(good, torch.Tensor) != (what in ("nan", "far", "huge")):
                        given[name] = make(given[name])
                    said.append(answer(row, kind, given).replace(f"{DEVICE}:0", "cpu"))
            ours, theirs = said
            assert ours == theirs, (name, what)
            refused += ours != "taken"
    assert refused > 3, called(row, kind)


def answer(row, kind: str, given: dict[str, object]) -> str:
    try:
        call(row, kind, **given)
    except Exception as error:
        return f"{type(error).__name__}: {error}".split("Exception raised from")[0].split("\n")[0]
    return "taken"


@pytest.mark.parametrize("row", ALL, ids=str)
def test_derivatives(row):
    """Of all tensors: three times in reverse mode and along a direction, as on the CPU."""
    for sample in row.small():
        found = []
        for device in ("cpu", DEVICE):
            leaves = sample.map(lambda t, d=device: t.detach().cpu().to(d)).leaves()
            terms = list(differentiable(row.forward(*leaves.arguments)))
            for _ in range(3):
                loss = sum((t * t.cos()).sum() for t in terms)
                if not loss.requires_grad:
                    break
                more = {"create_graph": True, "materialize_grads": True, "allow_unused": True}
                terms = list(grad(loss, leaves.tensors, **more))
                found.append((device, terms))
            with forward_ad.dual_level():
                duals = sample.map(lambda t, d=device: dual(t.detach().cpu().to(d)))
                y = row.forward(*duals.arguments)
                found.append((device, [forward_ad.unpack_dual(y).tangent]))
        here, there = ([ts for on, ts in found if on == d] for d in ("cpu", DEVICE))
        assert len(here) == len(there) > 1
        for ours, theirs in zip(there, here, strict=True):
            for a, b in zip(ours, theirs, strict=True):
                assert a.device.type == DEVICE
                torch.testing.assert_close(a.cpu(), b, rtol=1e-7, atol=1e-7)


def dual(t: torch.Tensor) -> torch.Tensor:
    return forward_ad.make_dual(t, t.cos())


def test_a_module_is_moved():
    """With all of its parameters, trained a step, and moved back."""
    here = Everything()
    there, x = copy.deepcopy(here).to(DEVICE), torch.randn(5, 3)
    for model in (here, there):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        model(x.to(next(model.parameters()).device)).square().mean().backward()
        optimizer.step()
    agree(dict(there.to("cpu").named_parameters()), dict(here.named_parameters()))


def test_autocast():
    """The device's type for prelu, the widest for gates, and none for what PyTorch leaves alone."""
    x, w = torch.randn(2, 3, device=DEVICE), torch.randn(3, device=DEVICE)
    for dtype in (torch.bfloat16, torch.float16):
        with torch.autocast(DEVICE, dtype):
            assert nonlin.prelu(x, w).dtype == nonlin.prelu(x.to(dtype), w).dtype == dtype
            assert nonlin.mish(x).dtype == torch.nn.functional.mish(x).dtype == torch.float32
            assert nonlin.swiglu(x.to(dtype), x).dtype == torch.float32
