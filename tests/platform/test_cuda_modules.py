"""Models between devices: moved, saved on one and loaded on another, captured, compiled."""

import copy
import io
import warnings

import pytest
import torch
from accuracy import assert_same_bits
from compiling import agree
from conftest import script
from device import DEVICE
from modules import MODULES
from saving import Everything, results, saved_and_loaded

pytestmark = [
    pytest.mark.cuda,
    # Of PyTorch 2.11's own code.
    pytest.mark.filterwarnings("ignore:.*LeafSpec.* is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The given buffer is not writable"),
]

# What is written in place keeps its type, of which the weight would have to be.
KEEP_THEIR_INPUT = tuple(make for make in MODULES if not getattr(make(), "inplace", False))


def agree_with(here: torch.nn.Module, there: torch.nn.Module) -> None:
    x = torch.randn(5, 3)
    for a, b in zip(results(there, x.to(DEVICE)), results(here, x), strict=True):
        assert a.device.type == DEVICE
        agree(a.cpu(), b)


def test_moved():
    """There and back, with the parameters of the activation."""
    here = Everything()
    there = copy.deepcopy(here).to(DEVICE)
    agree_with(here, there)
    x, again = torch.randn(5, 3), copy.deepcopy(there).cpu()
    assert_same_bits(results(again, x), results(here, x), "moved there and back")


def test_loaded_on_another_device():
    here, there = Everything(), Everything().to(DEVICE)
    buffer = io.BytesIO()
    torch.save(here.state_dict(), buffer)
    buffer.seek(0)
    there.load_state_dict(torch.load(buffer, map_location=DEVICE))
    agree_with(here, there)


def test_scripts_are_loaded_on_another_device():
    """Scripted and traced on the CPU, as C++ loads them for a device."""
    here = Everything()
    for converted in (script(here), script(here, torch.randn(2, 3))):
        there = saved_and_loaded(converted, DEVICE)
        for _ in range(3):  # the profiling executor optimises repeated runs
            agree_with(here, there)


def test_exported_programs_are_moved():
    from torch.export.passes import move_to_device_pass

    here = Everything()
    shapes = ({0: torch.export.Dim("batch", min=2)},)
    program = torch.export.export(here, (torch.randn(4, 3),), dynamic_shapes=shapes)
    x = torch.randn(6, 3)
    there = move_to_device_pass(program, DEVICE).module()
    agree(there(x.to(DEVICE)).detach().cpu(), here(x).detach())


def test_graphed_callables():
    """Forward and backward of a model, each captured as one CUDA graph, give its bits."""
    plain = Everything().to(DEVICE)
    sample = torch.randn(64, 3, device=DEVICE)
    graphed = torch.cuda.make_graphed_callables(copy.deepcopy(plain), (sample,))
    for _ in range(3):
        x = torch.randn(64, 3, device=DEVICE)
        agree(results(graphed, x), results(plain, x))


def test_compiled_with_graphs(fresh_compiler):
    """torch.compile's own use of CUDA graphs, in a step of training."""
    plain = Everything().to(DEVICE)
    compiled = torch.compile(plain, fullgraph=True, mode="reduce-overhead")
    for _ in range(4):
        x = torch.randn(64, 3, device=DEVICE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of PyTorch, on what it captures
            got = [t.clone() for t in results(compiled, x)]
        agree(got, results(plain, x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_mixed_precision(dtype):
    """A step under autocast with a gradient scaler changes every parameter."""
    net = Everything(KEEP_THEIR_INPUT).to(DEVICE)
    before = [p.detach().clone() for p in net.parameters()]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler(DEVICE, init_scale=1024)
    with torch.autocast(DEVICE, dtype):
        loss = net(torch.randn(64, 3, device=DEVICE)).float().square().mean()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    for a, b in zip(net.parameters(), before, strict=True):
        assert a.isfinite().all() and (a != b).any()
