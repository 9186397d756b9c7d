"""What surrounds a call in real programs: threads, processes, checkpointing, hooks, copies, modes."""

import copy
import inspect
import io
import pickle
import threading

import nonlin
import pytest
import torch
from accuracy import assert_within, same_bits
from cases import BOUNDS, CASES, HALVES
from nonlin.reference import spacing, ulp_error
from torch.autograd import grad
from torch.utils.checkpoint import checkpoint

x0 = torch.linspace(-4, 4, 1001)


def gradient(f, x: torch.Tensor) -> torch.Tensor:
    x = x.detach().clone().requires_grad_()
    (first,) = grad(f(x).square().sum(), x, create_graph=True)
    return grad(first.square().sum(), x)[0]


def test_python_threads(operator):
    """Forward, backward and double backward in four threads at once, partly through one shared graph."""
    shared = x0.clone().requires_grad_()
    graph = operator.forward(shared).sum()
    want = (gradient(operator.forward, x0), grad(graph, shared, retain_graph=True)[0])
    wrong: list[object] = []

    def work() -> None:
        try:
            for _ in range(20):
                got = (gradient(operator.forward, x0), grad(graph, shared, retain_graph=True)[0])
                wrong.extend(g for g, w in zip(got, want, strict=True) if not same_bits(g, w))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


class Rows(torch.utils.data.Dataset):
    """Applies an operator in the worker process that loads a row."""

    def __init__(self, case) -> None:
        self.case, self.data = case, torch.randn(8, 50_000)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.case.forward(self.data[index])


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


@pytest.mark.parametrize("dtype", [torch.float32, *HALVES], ids=str)
def test_flushed_subnormal_numbers(case, instruction_set, dtype, flushed):
    """As good as ever, but for an absolute error of the least normal number, below which all is zero then."""
    x = torch.cat((torch.linspace(-130, 30, 100_001), torch.logspace(-37, 1, 1001))).to(dtype)
    least = torch.finfo(torch.float32).tiny
    x = x[(x.double().abs() >= least)]
    for member in ("value", "slope"):
        got = case.computed(member, x)
        torch.set_flush_denormal(False)  # the reference computes with all its numbers
        want = getattr(case.jet(x), member)
        unit = spacing(want, dtype)
        error = ulp_error(got, want) - least / unit
        bound = BOUNDS[dtype][member]
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
        return torch.from_numpy(array)

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
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert operator.forward(x0).dtype == torch.float32
        assert operator.forward(x0.bfloat16()).dtype == torch.bfloat16


def test_subclasses(operator):
    """A tensor subclass keeps its type and sees the call."""
    seen = []

    class Watched(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            return super().__torch_function__(func, types, args, kwargs or {})

    y = operator.row.function(x0.as_subclass(Watched))
    assert type(y) is Watched
    assert any("nonlin" in str(f) for f in seen)


@pytest.mark.parametrize("duplicate", ["deepcopy", "pickle", "save"])
def test_copies_of_modules(case, duplicate):
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), case.module())
    if duplicate == "deepcopy":
        copied = copy.deepcopy(module)
    elif duplicate == "pickle":
        copied = pickle.loads(pickle.dumps(module))
    else:
        buffer = io.BytesIO()
        torch.save(module, buffer)
        buffer.seek(0)
        copied = torch.load(buffer, weights_only=False)
    x = torch.randn(5, 3)
    assert repr(copied) == repr(module) and same_bits(copied(x), module(x))


def test_copies_of_functions(case):
    function = pickle.loads(pickle.dumps(case.row.function))
    assert same_bits(function(x0), case.row.function(x0))


NAMESAKES = [(case.module, case.builtin_module) for case in CASES if case.row.name != "swish"]
NAMESAKES.append((nonlin.nn.SiLU, torch.nn.SiLU))  # its row is Swish
EACH = pytest.mark.parametrize("namesakes", NAMESAKES, ids=lambda pair: repr(pair[0]()))


@EACH
def test_state_dict_exchange(namesakes):
    """Checkpoints go from torch.nn to ours and back."""
    ours, theirs = (
        torch.nn.Sequential(torch.nn.Linear(4, 4), make(), torch.nn.Linear(4, 2))
        for make in namesakes
    )
    x = torch.randn(8, 4)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    torch.testing.assert_close(ours(x), theirs(x))
    with torch.no_grad():
        ours[0].weight.mul_(2)
    theirs.load_state_dict(ours.state_dict(), strict=True)
    torch.testing.assert_close(ours(x), theirs(x))
    assert list(ours.state_dict()) == list(theirs.state_dict())


@EACH
def test_constructor_and_repr(namesakes):
    ours, theirs = (make() for make in namesakes)
    assert repr(ours) == repr(theirs) and type(ours).__name__ == type(theirs).__name__
    one, other = (
        [(p.name, p.default, p.kind) for p in inspect.signature(type(m)).parameters.values()]
        for m in (ours, theirs)
    )
    assert one == other
    if "inplace" in inspect.signature(type(theirs)).parameters:
        one, other = (make(inplace=True) for make in namesakes)
        assert repr(one) == repr(other) and one.inplace


def test_swish_module():
    assert repr(nonlin.nn.Swish()) == "Swish(beta=1.0)"
    assert nonlin.nn.Swish().state_dict() == {}
    assert same_bits(nonlin.nn.Swish(1.5)(x0), nonlin.swish(x0, 1.5))


def test_training(operator):
    """A small network learns, and as well as with PyTorch's function."""
    losses = []
    for activation in (operator.module(), operator.builtin_module()):
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(1, 16), activation, torch.nn.Linear(16, 1))
        optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
        x = torch.linspace(-3, 3, 64)[:, None]
        for _ in range(150):
            optimizer.zero_grad()
            loss = (net(x) - torch.sin(x)).square().mean()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert losses[0] < 0.05 and abs(losses[0] - losses[1]) < 0.01
