from collections.abc import Callable, Sequence
from typing import Literal, TypedDict, TypeVar

import numpy
from numpy.typing import NDArray
from torch import Tensor

InstructionSet = Literal["scalar", "avx2", "avx512"]
Family = Literal["pointwise", "parametric", "gated", "groupwise"]
Member = Literal["value", "slope", "curvature"]
PartialMember = Literal["value", "x", "w", "xx", "xw", "ww"]
Real = TypeVar("Real", numpy.float32, numpy.float64)

class BuildInfo(TypedDict):
    version: str
    torch: str
    cuda: str
    cuda_architectures: str
    compiler: str
    instruction_sets: list[InstructionSet]

class Operator(TypedDict):
    name: str
    family: Family
    parameters: list[tuple[str, float]]

class _Direct:
    """The functions, with all of their arguments by position; see `_direct.py`."""

    def __getattr__(self, name: str) -> Callable[..., Tensor]: ...

direct: _Direct

def add_direct(
    function: Callable[..., Tensor],
    aside: Callable[..., Tensor],
    operators: Sequence[
        tuple[str, Sequence[int | tuple[float]], Sequence[tuple[int, type[int] | str | None]]]
    ],
    count: int,
    inplace: int | None,
    out: int,
) -> None: ...
def name_own_nodes() -> None: ...
def own_activations() -> list[str]: ...
def when_own_are_added(action: Callable[[], None]) -> None: ...
def catch_own_failures() -> None: ...
def own_failure() -> str: ...
def build_info() -> BuildInfo: ...
def instruction_set() -> InstructionSet: ...
def set_instruction_set(name: InstructionSet | None) -> None: ...
def operators() -> list[Operator]: ...
def evaluate(
    operator: str,
    member: Member,
    x: NDArray[Real],
    parameters: Sequence[float] = ...,
    instruction_set: InstructionSet | None = ...,
) -> NDArray[Real]: ...
def expression(
    operator: str, member: Member, x: Tensor, parameters: Sequence[float] = ...
) -> Tensor: ...
def parametric_expression(
    operator: str, member: PartialMember, x: Tensor, weight: Tensor
) -> Tensor: ...
