"""The worst errors of every lane, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from quick.measure import Subject
from quick.reference import Setting

from nonlin.testing.inputs import samples  # isort: skip  (after quick.reference)
from nonlin.testing.roots import NEAR, sign_changes  # isort: skip
from nonlin.testing.ulp import ulp_error  # isort: skip

Exact = Tensor | tuple[Tensor, Tensor]

_LABELS = {torch.float32: "24 bits", torch.float16: "11 bits", torch.bfloat16: "8 bits"}
_POINTS = 200_000  # of float32; of 16 bits, all
_DOUBLES = 400


class Report:
    """Of one formula at one setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.inputs = {dtype: samples(dtype, _POINTS) for dtype in _LABELS}
        self.exact = {dtype: setting.jet(x) for dtype, x in self.inputs.items()}
        order = range(len(setting.members))
        self.roots = [
            sign_changes(lambda x, m=m: setting.jet(x)[m]) if m > 1 else () for m in order
        ]
        self.doubles = samples(torch.float64, _DOUBLES)
        self.exact_doubles = setting.exact_jet(self.doubles)
        ends = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
        try:
            self.limits = setting.limits(ends)
        except ValueError:  # as of a sine
            self.limits = []

    def heading(self) -> str:
        return f"{'':22}" + "".join(f"{member:>24}" for member in self.setting.members)

    def lines(self, name: str, subject: Subject) -> Iterator[str]:
        """Errors on the lanes of one instruction set, in ULP of each type."""
        for dtype, label in _LABELS.items():
            x, exact = self.inputs[dtype], self.exact[dtype]
            got = subject.evaluate(x, self.setting.weight, self.setting.parameters)
            cells = [self._cell(m, x, y, exact[m]) for m, y in enumerate(got)]
            yield self._line(f"{name:8} {label}", cells)
            if dtype != torch.float32:
                pairs = zip(got, exact, strict=True)
                wrong = [int((ulp_error(y, e) > 0.5).sum()) for y, e in pairs]
                yield self._line("", [f"{count} misrounded" for count in wrong])
        got = subject.evaluate(self.doubles, self.setting.weight, self.setting.parameters)
        pairs = zip(got, self.exact_doubles, strict=True)
        cells = [self._cell(m, self.doubles, y, e) for m, (y, e) in enumerate(pairs)]
        yield self._line(f"{name:8} 53 bits", cells)
        for dtype, label in (_LABELS | {torch.float64: "53 bits"}).items():
            yield from self._wrong_ends(f"{name:8} {label}", subject, dtype)

    def _wrong_ends(self, label: str, subject: Subject, dtype: torch.dtype) -> Iterator[str]:
        """Limits that are missed, and a NaN that is lost, a line each; most often nothing."""
        x = torch.tensor([-torch.inf, torch.inf, torch.nan], dtype=dtype)
        got = subject.evaluate(x, self.setting.weight, self.setting.parameters)
        for member, y, limits in zip(self.setting.members, got, self.limits, strict=False):
            for at, found, limit in zip(x.tolist(), y.tolist(), limits.tolist(), strict=False):
                if found != torch.tensor(limit, dtype=dtype).item():
                    yield f"{label} {member} at {at} is {found}, where its limit is {limit}"
        if not got[0][2].isnan():
            yield f"{label} {self.setting.members[0]} at nan is {got[0][2].item()}"

    def dual_lines(self, subject: Subject) -> Iterator[str]:
        """What slope and curvature differ from those of the value, relative to the largest."""
        x = torch.linspace(-20, 20, 20_001, dtype=torch.float64)
        if len(self.setting.members) != 3:
            return
        slope, curvature, *said = subject.derived(x, self.setting.parameters)
        cells = [""]
        for dual, by_hand in zip((slope, curvature), said, strict=True):
            error = (dual - by_hand).abs() / (dual.abs().max() or 1)
            cells.append(_at(float(error.max()), float(x[error.argmax()])))
        yield self._line("duals", cells)

    def _cell(self, member: int, x: Tensor, got: Tensor, exact: Exact) -> str:
        errors = ulp_error(got, exact)
        if member > 1:  # next to its roots a second derivative is judged absolutely
            for root in self.roots[member]:
                errors = errors.where((x.double() - root).abs() > NEAR * abs(root), 0.0)
        return _at(float(errors.max()), float(x[errors.argmax()]))

    @staticmethod
    def _line(label: str, cells: Sequence[str]) -> str:
        return f"{label:22}" + "".join(f"{cell:>24}" for cell in cells)


def _at(error: float, x: float) -> str:
    return f"{error:.4g} at {x:.6g}"
