"""PyTorch's samples for its modules, each with a module of ours and one of PyTorch's."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from device import device_name
from outside import NAMESAKES, REPRESENTATIVES, Namesake
from torch import Tensor
from torch.autograd import grad
from torch.func import functional_call, stack_module_state, vmap
from torch.testing import assert_close
from torch.testing._internal.common_utils import gradcheck, gradgradcheck, noncontiguous_like

FORMATS = {4: torch.channels_last, 5: torch.channels_last_3d}


@dataclass(frozen=True)
class Sample:
    """Both modules with the same state, how they were made, and an input."""

    ours: torch.nn.Module
    theirs: torch.nn.Module
    namesake: Namesake
    args: tuple
    kwargs: dict
    x: Tensor
    reference: object

    def make(self, **more) -> torch.nn.Module:
        return self.namesake.module(*self.args, **self.kwargs, **more)

    def leaves(self, module: torch.nn.Module, x: Tensor | None = None) -> tuple[Tensor, ...]:
        x = self.x if x is None else x
        return (x.detach().clone().requires_grad_(), *module.parameters())


def samples(namesake: Namesake) -> Iterator[Sample]:
    info, count, dtype = namesake.module_info, 0, torch.float64
    made = {"device": device_name(), "dtype": dtype, "requires_grad": True, "training": True}
    for sample in info.module_inputs_func(info, **made):
        args, kwargs = sample.constructor_input.args, sample.constructor_input.kwargs
        args = getattr(namesake.row.builtin_module, "args", ()) or args
        theirs = namesake.builtin_module(*args, **kwargs).to(device_name(), dtype)
        ours = namesake.module(*args, **kwargs).to(device_name(), dtype)
        ours.load_state_dict(theirs.state_dict())
        (x,) = sample.forward_input.args
        reference = None if namesake.options else sample.reference_fn
        yield Sample(ours, theirs, namesake, args, kwargs, x, reference)
        count += 1
    assert count, f"{namesake}: no samples"


def both(module: torch.nn.Module, leaves: tuple[Tensor, ...], g: Tensor | None = None):
    """The value and the gradients of input and parameters."""
    y = module(leaves[0])
    return y, *grad(y, (leaves[0], *module.parameters()), torch.ones_like(y) if g is None else g)


def check_values(s: Sample) -> None:
    """PyTorch's, and those of its reference; in every type; whatever mode the module is in."""
    want = both(s.theirs, s.leaves(s.theirs))
    assert_close(both(s.ours, s.leaves(s.ours)), want)
    if s.reference is not None:
        assert_close(s.ours(s.x), s.reference(s.ours, s.x))
    evaluated = copy.deepcopy(s.ours).eval()
    del evaluated.training
    assert_close(evaluated(s.x), want[0])
    for convert in ("double", "float", "half", "bfloat16"):
        converted = getattr(copy.deepcopy(s.ours), convert)()
        x = getattr(s.x, convert)()
        assert converted(x).dtype == x.dtype
        assert all(p.dtype == x.dtype for p in converted.parameters())


def check_state(s: Sample) -> None:
    """Made on a device and in a type, copied, pickled, filled by PyTorch's, and it by ours."""
    assert repr(s.ours) == repr(s.theirs) and str(s.ours) == str(s.theirs)
    want, x = s.ours(s.x), s.x
    buffer = io.BytesIO()
    torch.save(s.ours, buffer)
    buffer.seek(0)
    for other in (copy.deepcopy(s.ours), torch.load(buffer, weights_only=False)):
        assert_close(other(x), want, rtol=0, atol=0)
    with torch.device("meta"):
        empty = s.make()
    assert all(p.is_meta for p in empty.parameters())
    for p, q in zip(empty.parameters(), s.theirs.parameters(), strict=True):
        assert (p.shape, p.stride(), p.requires_grad) == (q.shape, q.stride(), q.requires_grad)
    filled = empty.to_empty(device=device_name()).to(x.dtype)
    filled.load_state_dict(s.theirs.state_dict())
    assert_close(filled(x), want, rtol=0, atol=0)
    s.theirs.load_state_dict(s.ours.state_dict())
    if tuple(s.ours.parameters()):
        made = s.make(device=device_name(), dtype=torch.float16)
        assert {(p.dtype, p.device) for p in made.parameters()} == {(torch.float16, x.device)}


def check_layouts(s: Sample) -> None:
    """In strides, of parameters too, in memory formats of both, and in place."""
    leaves = s.leaves(s.ours)
    g = torch.randn_like(s.x)
    want = both(s.ours, leaves, g)
    strided = copy.deepcopy(s.ours)
    for name, p in s.ours.named_parameters():
        setattr(strided, name, torch.nn.Parameter(noncontiguous_like(p.detach())))
    for module in (s.ours, strided):
        for x in (s.x, noncontiguous_like(s.x)):
            for seed in (g, noncontiguous_like(g)):
                assert_close(both(module, (x.detach().requires_grad_(),), seed), want)
    memory = FORMATS.get(s.x.dim())
    if memory:
        x = s.x.detach().contiguous(memory_format=memory).requires_grad_()
        for kept in (torch.preserve_format, torch.contiguous_format, memory):
            module = copy.deepcopy(s.ours).to(memory_format=kept)
            y, gx, *_ = results = both(module, (x,), g.contiguous(memory_format=memory))
            assert y.is_contiguous(memory_format=memory) and gx.is_contiguous(memory_format=memory)
            assert_close(results, want)
    if hasattr(s.theirs, "inplace"):
        module = s.make(inplace=True).to(s.x)
        module.load_state_dict(s.ours.state_dict())
        leaf = s.x.detach().clone().requires_grad_()
        x = leaf * 1
        y = module(x)
        assert y is x
        assert_close((y, *grad(y, (leaf, *module.parameters()), g)), want)


def check_gradients(s: Sample) -> None:
    """All together, and of each tensor alone."""
    names = [name for name, _ in s.ours.named_parameters()]

    def f(x: Tensor, *parameters: Tensor) -> Tensor:
        return functional_call(s.ours, dict(zip(names, parameters, strict=True)), (x,))

    leaves = s.leaves(s.ours)
    for chosen in (set(leaves), *({t} for t in leaves)):
        given = [t.detach().clone().requires_grad_(t in chosen) for t in leaves]
        assert gradcheck(f, given, check_forward_ad=True)
        assert gradgradcheck(f, given, check_fwd_over_rev=True)


def check_ensemble(s: Sample) -> None:
    """Many of a kind under one vmap."""
    models = [copy.deepcopy(s.ours) for _ in range(3)]
    for i, model in enumerate(models):
        for p in model.parameters():
            p.data.mul_(i + 1)
    parameters, buffers = stack_module_state(models)
    given = dict.fromkeys(parameters, 0)
    run = vmap(lambda p, x: functional_call(models[0], (p, buffers), (x,)), (given, None))
    want = torch.stack([model(s.x) for model in models])
    if parameters:
        assert_close(run(parameters, s.x), want)
    each = vmap(lambda x: functional_call(models[0], dict(models[0].named_parameters()), (x,)))
    assert_close(each(torch.stack((s.x, s.x))), want[:1].expand(2, *s.x.shape))


# What a module's own text decides, of all; what its function does, of representatives.
OWN, SHARED = (check_values, check_state), (check_layouts, check_gradients, check_ensemble)
CHECKS = [
    *((namesake, check) for check in OWN for namesake in NAMESAKES),
    *((namesake, check) for check in SHARED for namesake in REPRESENTATIVES),
]
