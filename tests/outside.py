"""What PyTorch's own tests are driven by: samples, references and errors of our namesakes.

PyTorch's wheel has a database of its functions and one of its modules, from which the tests of its
repository draw. A row of the catalogue whose function is in the first is a namesake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import nonlin
import numpy
import pytest
import torch
from accuracy import same_bits
from device import device_name
from nonlin.testing import Activation, Gated, Pointwise, catalogue
from nonlin.testing.activation import origin
from rows import ALL
from torch import Tensor
from torch.testing import assert_close
from torch.utils._pytree import tree_flatten, tree_unflatten

# Needs expecttest, and warns of what else is not installed.
op_db = pytest.importorskip("torch.testing._internal.common_methods_invocations").op_db
module_db = pytest.importorskip("torch.testing._internal.common_modules").module_db
njt_op_db = pytest.importorskip("torch.testing._internal.opinfo.definitions.nested").njt_op_db
core = pytest.importorskip("torch.testing._internal.opinfo.core")

EXACT = ("prelu",)  # one product and nothing else: every bit is PyTorch's
TOLERANCES = {torch.float64: 1e-7, torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 1.6e-2}

EXTREMES = (0.0, -0.0, 1.0, -1.0, 1e4, -1e4, 1e30, -1e30, 1e-45, -1e-45)
EXTREMES += (torch.inf, -torch.inf, torch.nan)
WEIGHTS = ((0.25,), (0.0,), (-0.0,), (-1.5,), (torch.inf,), (torch.nan,))
LENGTHS = (1, 7, 16, 33, 100)


@dataclass(frozen=True)
class Call:
    """A sample as a function of its tensors alone, ours and PyTorch's."""

    function: Callable[..., Tensor]
    builtin: Callable[..., Tensor]
    sample: core.SampleInput

    @property
    def flat(self) -> tuple[list, object]:
        return tree_flatten((self.sample.input, tuple(self.sample.args), self.sample.kwargs))

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        return tuple(x for x in self.flat[0] if isinstance(x, Tensor))

    def leaves(self) -> tuple[Tensor, ...]:
        """All of them can be differentiated."""
        return tuple(t.detach().clone().requires_grad_() for t in self.tensors)

    def run(self, function: Callable[..., Tensor], *tensors: Tensor, **more) -> Tensor:
        values, spec = self.flat
        given = iter(tensors)
        values = [next(given) if isinstance(x, Tensor) else x for x in values]
        x, args, kwargs = tree_unflatten(values, spec)
        return function(x, *args, **kwargs, **more)

    def ours(self, *tensors: Tensor, **more) -> Tensor:
        return self.run(self.function, *tensors, **more)

    def theirs(self, *tensors: Tensor) -> Tensor:
        return self.run(self.builtin, *tensors)

    def numpy(self, reference: Callable) -> Tensor:
        """What a reference that knows arrays only makes of the sample."""
        arrays = [t.detach().cpu().numpy() for t in self.tensors]
        with numpy.errstate(all="ignore"):
            return torch.as_tensor(numpy.asarray(self.run(reference, *arrays)))

    def inplace(self, *tensors: Tensor) -> Tensor:
        """Of a copy, since a leaf cannot be overwritten."""
        return self.ours(tensors[0].clone(), *tensors[1:], inplace=True)


@dataclass(frozen=True, eq=False)
class Namesake:
    """A row with its entry in each of PyTorch's databases."""

    row: Activation
    info: core.OpInfo
    module_info: object

    def __str__(self) -> str:
        return self.row.name

    @property
    def options(self) -> dict[str, object]:
        """What makes PyTorch's function the row."""
        return getattr(self.row.builtin, "keywords", {})

    @property
    def builtin(self) -> Callable[..., Tensor]:
        return getattr(self.row.builtin, "func", self.row.builtin)

    @property
    def function(self) -> Callable[..., Tensor]:
        """Ours of the same name."""
        return getattr(nonlin, self.builtin.__name__, origin(self.row.function))

    @property
    def module(self) -> type[torch.nn.Module]:
        return getattr(nonlin.nn, self.builtin_module.__name__)

    @property
    def builtin_module(self) -> type[torch.nn.Module]:
        return self.module_info.module_cls

    @property
    def exact(self) -> bool:
        return self.row.name in EXACT

    def chosen(self, sample: core.SampleInput) -> bool:
        """Not meant for another row of the same function."""
        given, wanted = (
            {name: x for name, x in options.items() if isinstance(x, str) and x != "none"}
            for options in (sample.kwargs, self.options)
        )
        return given == wanted

    def calls(self, kind: str, dtype: torch.dtype) -> Iterator[Call]:
        count = 0
        for sample in getattr(self.info, kind)(device_name(), dtype):
            if self.chosen(sample):
                count += 1
                yield Call(self.function, self.builtin, sample)
        assert count, f"{self}: no samples"

    def references(self, dtype: torch.dtype) -> Iterator[Call]:
        """PyTorch's, and extremes at lengths where vectorised kernels change their ways."""
        yield from self.calls("reference_inputs", dtype)
        for length in LENGTHS:
            x = torch.tensor(EXTREMES, dtype=dtype).repeat_interleave(length)
            if isinstance(self.row, Gated):
                x = torch.cat((x, x.flip(0)))  # in both halves
            for w in WEIGHTS if self.row.weights else ((),):
                args = tuple(torch.tensor(w, dtype=dtype).reshape(-1, 1))
                sample = core.SampleInput(x, args=args, kwargs=dict(self.options))
                yield Call(self.function, self.builtin, sample)

    def small(self, dtype: torch.dtype = torch.float64) -> list[Call]:
        """One of each shape of the samples and of what numbers stand in them."""
        found = {}
        for call in self.calls("sample_inputs", dtype):
            numbers = [x for x in call.flat[0] if not isinstance(x, Tensor)]
            found[str(([t.shape for t in call.tensors], numbers))] = call
        return list(found.values())

    def nested(self, dtype: torch.dtype) -> Iterator[Call]:
        """Jagged ones; functions that say nothing of them take those that others do."""
        infos = [
            info for info in njt_op_db if info.op is self.builtin and not info.variant_test_name
        ]
        if not isinstance(infos[0], core.UnaryUfuncInfo):
            infos = [info for info in njt_op_db if info.name == "nn.functional.silu"]
        samples = list(infos[0].sample_inputs(device_name(), dtype))
        assert len(samples) >= 3, f"{self}: {len(samples)} nested samples"
        for sample in samples:
            sample.kwargs = {**self.options, **sample.kwargs}
            yield Call(self.function, self.builtin, sample)

    def jet(self, sample: core.SampleInput):
        """Ours in higher precision, for where we differ from PyTorch on purpose."""
        options = {name: x for name, x in sample.kwargs.items() if isinstance(x, float)}
        return lambda x: self.row.jet(x, **options)

    def assert_like(self, ours: Tensor, theirs: Tensor, call: Call, member: str) -> None:
        """As PyTorch, but where it has NaN for a limit or has lost a tail: there as mathematics."""
        if self.exact:
            assert same_bits(ours, theirs), f"{self}, {member}, {call.sample}"
            return
        x = call.sample.input.detach()
        tolerance = TOLERANCES[x.dtype]
        differ = ~torch.isclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True)
        if not differ.any():
            return
        ours, theirs, x = ours[differ], theirs[differ], x[differ]
        assert isinstance(self.row, Pointwise), f"{self}, {member}, {call.sample}"
        # Where PyTorch is finite it has an absolute error at most.
        finite = theirs.isfinite() & ~x.isnan()
        assert_close(ours[finite], theirs[finite], rtol=tolerance, atol=3 * tolerance)
        exact = getattr(self.jet(call.sample)(x), member).to(x)
        assert_close(ours, exact, rtol=tolerance, atol=0, equal_nan=True)


def _info(row: Activation) -> core.OpInfo | None:
    """PyTorch's entry, and where it is none of a unary function the same as one."""
    builtin = getattr(row.builtin, "func", row.builtin)
    found = [info for info in op_db if info.op is builtin and not info.variant_test_name]
    if not found and not str(builtin.__module__).startswith("nonlin"):
        raise LookupError(
            f"PyTorch's op_db has no entry of {builtin}: give the row {row.name} of "
            "python/nonlin/testing/catalogue.py as `builtin` the function that has one"
        )
    if not found or isinstance(found[0], core.UnaryUfuncInfo) or isinstance(row, Gated):
        return found[0] if found else None
    options = getattr(row.builtin, "keywords", {})
    kept = ("op", "ref", "dtypes", "supports_out", "sample_inputs_func", "error_inputs_func")
    return core.UnaryUfuncInfo(
        found[0].name,
        sample_kwargs=lambda device, dtype, x: (options, options),
        **{name: getattr(found[0], name) for name in kept},
    )


def _module_info(row: Activation):
    builtin = getattr(row.builtin_module, "func", row.builtin_module)
    return next((info for info in module_db if info.module_cls is builtin), None)


NAMESAKES = tuple(
    Namesake(row, info, _module_info(row))
    for row, info in ((row, _info(row)) for row in catalogue.values())
    if info is not None and _module_info(row) is not None
)
# Those that can be in place: the result of halves has no room in its input.
WHOLE = tuple(n for n in NAMESAKES if not isinstance(n.row, Gated))
# Of the representatives of each family in tests/rows/, those that have one.
REPRESENTATIVES = tuple(n for n in NAMESAKES if n.row in {row.row for row in ALL})
