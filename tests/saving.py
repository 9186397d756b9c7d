"""One model that holds everything, and what has to be true of it when it was saved and loaded."""

import inspect
import io
import warnings
from functools import partial

import torch
from compiling import agree
from modules import MODULES
from nonlin.testing import catalogue
from operators import EVERY_OPERATOR
from rows import GatedRow, GroupwiseRow, PackedRow, ParametricRow
from torch.autograd import grad
from torch.utils._python_dispatch import TorchDispatchMode

INPLACE = tuple(
    partial(row.module, inplace=True)
    for row in catalogue.values()
    if "inplace" in inspect.signature(row.module).parameters
)


class Everything(torch.nn.Module):
    """Every module side by side, in place too, each behind a layer whose gradients are seen."""

    def __init__(self, makes=(*MODULES, *INPLACE)) -> None:
        super().__init__()
        layers = (torch.nn.Sequential(torch.nn.Linear(3, 3), make()) for make in makes)
        self.layers = torch.nn.ModuleList(layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        results = []
        for layer in self.layers:
            results.append(layer(x))
        return torch.cat(results, 1)


class EveryActivation(torch.nn.Module):
    """A value of every operator, of a batch of six numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(-0.4, 0.6, 6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        more: dict[type, tuple[object, ...]] = {
            ParametricRow: (self.weight,),
            GatedRow: (x.flip(1),),
            PackedRow: (1, 2),
            GroupwiseRow: (3,),
        }
        return torch.cat([row.forward(x, *more.get(type(row), ())) for row in EVERY_OPERATOR], 1)


class Recorded(TorchDispatchMode):
    """Our operators as they are called, with what is no tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, list[object]]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        note(self.calls, func, args)
        return func(*args, **(kwargs or {}))


def note(calls: list, func, args) -> None:
    """Defaults are added: some callers leave them out."""
    if str(func).startswith("nonlin"):
        given = list(args) + [a.default_value for a in func._schema.arguments[len(args) :]]
        kinds = [str(a.type) for a in func._schema.arguments]
        rest = [x for x, kind in zip(given, kinds, strict=True) if kind != "Tensor"]
        calls.append((str(func), rest))


def called(model: torch.nn.Module, x: torch.Tensor) -> list[tuple[str, list[object]]]:
    with torch.no_grad(), Recorded() as record:
        model(x)
    return record.calls


def nodes(graph: torch.fx.Graph) -> list[tuple[str, list[object]]]:
    calls: list[tuple[str, list[object]]] = []
    for node in graph.nodes:
        if node.op == "call_function":
            note(calls, node.target, node.args)
    return calls


def results(model: torch.nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    """Values and the gradients of all parameters."""
    y = model(x)
    return [y.detach(), *grad(y.square().sum(), list(model.parameters()))]


def saved_and_loaded(module, device=None):
    """A script."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(module, buffer)
        buffer.seek(0)
        return torch.jit.load(buffer, map_location=device)


def exported_and_loaded(program: torch.export.ExportedProgram) -> torch.export.ExportedProgram:
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    buffer.seek(0)
    return torch.export.load(buffer)


def assert_same_results(got: torch.nn.Module, model: torch.nn.Module, *sizes: int) -> None:
    """For every number of rows, several times, since some executors optimise what is repeated."""
    for size in sizes:
        x = torch.randn(size, 3)
        want = results(model, x)
        for _ in range(3):
            agree(results(got, x), want)
