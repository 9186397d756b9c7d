"""A formula's definition at one setting of its hyper-parameters and its weight."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from quick.build import ROOT

# What defines and evaluates needs no compiled library, which `import nonlin` would load: the two
# packages are searched without being run.
for _name in ("nonlin", "nonlin.testing"):
    if _name not in sys.modules:
        _package = types.ModuleType(_name)
        _package.__path__ = [str(ROOT / "python" / _name.replace(".", "/"))]
        sys.modules[_name] = _package

from nonlin.testing import definitions, evaluation  # noqa: E402

_PARTS = {
    3: ("value", "slope", "curvature"),
    6: ("value", "by x", "by w", "by x, x", "by x, w", "by w, w"),
}


class Setting:
    """What a formula should return."""

    def __init__(
        self,
        definition: Callable[..., Any],
        members: int,
        weight: float,
        parameters: dict[str, float],
    ) -> None:
        self.definition, self.members = definition, _PARTS[members]
        self.weight, self.named = weight, parameters
        self.parameters = list(parameters.values())

    def __str__(self) -> str:
        given = [f"{name}={value:g}" for name, value in self.named.items()]
        if len(self.members) > 3:
            given.append(f"weight {self.weight:g}")
        return f"{self.definition.__name__}({', '.join(given)})"

    def jet(self, x: Tensor) -> list[Tensor]:
        """All members at inputs of any type, for results of up to 24 bits."""
        wide = torch.float64 if x.dtype == torch.float64 else torch.float32
        arguments = tuple(torch.tensor(self.parameters, dtype=wide).tolist())
        return evaluation.jet(self.definition, 2, arguments, *self._inputs(x))

    def exact_jet(self, x: Tensor) -> list[evaluation.Sum]:
        """The same for results of float64."""
        return evaluation.exact(self.definition, 2, tuple(self.parameters), *self._inputs(x))

    def limits(self, x: Tensor) -> list[Tensor]:
        """What members tend to where x is infinite.

        Raises:
            ValueError: a definition tends to nothing there
        """
        first, *weights = self._inputs(x)
        return evaluation.limits(self.definition, 2, tuple(self.parameters), first, *weights)

    def _inputs(self, x: Tensor) -> tuple[Tensor, ...]:
        inputs = (x,) if len(self.members) == 3 else (x, torch.full_like(x, self.weight))
        return tuple(t.double() for t in inputs)


def setting(
    name: str,
    file: Path | None,
    members: int,
    weight: float,
    defaults: dict[str, float],
    given: list[str],
) -> Setting:
    """That of the command line: hyper-parameters as `beta=0.3`.

    Raises:
        LookupError: in one line, what is missing or unknown
    """
    parameters = dict(defaults)
    for word in given:
        key, _, value = word.partition("=")
        if key not in parameters:
            known = ", ".join(parameters) or "none"
            raise LookupError(f"{name} has no hyper-parameter {key!r}; it has {known}")
        try:
            parameters[key] = float(value)
        except ValueError:
            raise LookupError(f"{key} must be a number, as in {key}=0.3, got {value!r}") from None
    return Setting(_definition(name, file), members, weight, parameters)


def _definition(name: str, file: Path | None) -> Callable[..., Any]:
    module: types.ModuleType = definitions
    if file is not None:
        spec = importlib.util.spec_from_file_location(file.stem, file)
        if spec is None or spec.loader is None or not file.exists():
            raise LookupError(f"there is no Python file {file}")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    found: Callable[..., Any] | None = getattr(module, name, None)
    if found is None:
        place = file or "python/nonlin/testing/definitions.py"
        raise LookupError(
            f"{place} has no definition `{name}`: write `def {name}(mp, at, ...)`, which returns "
            "the function of x as the others there do"
        )
    return found
