"""Networks of nonlin's operators as ONNX models: what `torch.onnx.export` needs for them.

>>> import torch, nonlin.onnx
>>> model = torch.nn.Sequential(torch.nn.Linear(4, 4), nonlin.nn.Mish()).eval()
>>> program = torch.onnx.export(
...     model, (torch.randn(2, 4),), dynamo=True, verbose=False, opset_version=20,
...     custom_translation_table=nonlin.onnx.translation_table(20),
... )
>>> [node.op_type for node in program.model.graph]
['Gemm', 'Mish']

docs/onnx.md says which operators of ONNX stand for which of ours, and how far runtimes agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch._ops import OpOverload

from nonlin._arguments import truth
from nonlin.decomposition import operators
from nonlin.onnx._families import Formula, family_of
from nonlin.onnx._operators import ELEMENT_TYPES, Operators, Value

__all__ = ["translation_table"]

CALLER = "nonlin.onnx.translation_table"
OLDEST = 18  # of the opsets that torch.onnx.export writes
DTYPES = {number: dtype for dtype, number in ELEMENT_TYPES.items()}


def translation_table(
    opset: int = 20, *, exact: bool = False
) -> dict[OpOverload, Callable[..., Any]]:
    """What stands for each operator of nonlin, and of activations of your own, in an ONNX model.

    It is for `torch.onnx.export(…, dynamo=True, custom_translation_table=…)`. Operators in place
    and with `out` need no entries, as exported programs have none.

    opset: the version of ONNX's operators, from 18 to the last that onnxscript has; that of the
        exporter's `opset_version`, which is 20 by default too and must be 18 at least, or a lower
        one
    exact: False for ONNX's own operators where it has them, as Gelu or Mish, which runtimes know
        and compute as they do; True for the expressions that torch.compile takes, so that tails and
        special values hold, and 16-bit types are computed in float32
    raises: ImportError without onnxscript; TypeError or ValueError for another opset or `exact`.
        The exporter fails where `opset` is higher than that of its model

    A model that computes gradients is decomposed first: exported by `torch.export`, it loses its
    derivatives in `run_decompositions(nonlin.decompositions())`, and goes to `torch.onnx.export`.

    >>> table = translation_table(20)
    >>> torch.ops.nonlin.mish.default in table
    True
    >>> translation_table(17)
    Traceback (most recent call last):
    ValueError: nonlin.onnx.translation_table: `opset` must be from 18 to 23, got 17
    """
    _check(opset)
    truth(CALLER, "exact", exact)
    # All that a program without derivatives can have; exported programs are functional.
    values = (op for op in operators(("",)) if op._overloadname == "default")
    return {op: _translation(op, opset, exact) for op in values}


def _check(opset: int) -> None:
    try:
        import onnxscript
    except ImportError as error:
        raise ImportError(f"{CALLER}: run `pip install onnx onnxscript` first ({error})") from error
    if isinstance(opset, bool) or not isinstance(opset, int):
        raise TypeError(f"{CALLER}: `opset` must be an integer, got {opset!r}")
    newest = max(n for n in range(OLDEST, 99) if hasattr(onnxscript, f"opset{n}"))
    if not OLDEST <= opset <= newest:
        raise ValueError(f"{CALLER}: `opset` must be from {OLDEST} to {newest}, got {opset}")


def _translation(op: OpOverload, opset: int, exact: bool) -> Callable[..., Value]:
    family, name = family_of(op), op._schema.name.replace("::", ".")

    def translated(*arguments, **options):  # type: ignore[no-untyped-def]
        # Without annotations, as the exporter would take them for ONNX's types.
        _check_model(opset)
        call = _by_name(op, arguments, options)
        dtype = DTYPES[int(arguments[0].dtype)]
        return family(Formula(op, exact, dtype), _onnxscript(opset, dtype), call)

    translated.__name__ = translated.__qualname__ = name
    return translated


def _check_model(opset: int) -> None:
    """Runtimes refuse operators newer than the opset of a model, which an exporter writes."""
    from onnxscript import evaluator

    model = getattr(evaluator.default(), "opset", None)  # of the exporter's recorder
    if model is not None and model.version < opset:
        raise ValueError(
            f"{CALLER}: `opset` must be at most {model.version}, the opset of the model that is "
            f"exported, got {opset}"
        )


def _by_name(op: OpOverload, arguments: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """All arguments of a call, those that have their defaults too."""
    call = {}
    for i, argument in enumerate(op._schema.arguments):
        given = arguments[i] if i < len(arguments) else argument.default_value
        value = options.get(argument.name, given)
        if str(argument.type) != "Tensor" and not isinstance(value, (int, float)):
            raise TypeError(
                f"{op._schema.name}: `{argument.name}` must be a number that is known when the "
                "model is exported"
            )
        call[argument.name] = value
    return call


def _onnxscript(opset: int, dtype: torch.dtype) -> Operators:
    import onnx_ir
    import onnxscript

    operators = getattr(onnxscript, f"opset{opset}")

    def call(name: str, *inputs: Value, **attributes: Any) -> Value:
        return getattr(operators, name)(*inputs, **attributes)

    def constant(value: float | list[int], dtype: torch.dtype) -> Value:
        tensor = onnx_ir.tensor(value, dtype=onnx_ir.DataType(ELEMENT_TYPES[dtype]))
        return operators.Constant(value=tensor)

    return Operators(opset, dtype, call, constant)
