"""Models in onnxruntime: exported by torch.onnx with our table, and what they compute."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence

import nonlin.onnx
import onnxruntime
import torch
from nonlin.testing import Activation
from rows import GATED_SETTINGS, PARAMETRIC, SETTINGS
from torch import Tensor, nn

OPSETS = (18, 20, 23)
DTYPES = (torch.float32, torch.float16)
# The exporter asks for torchvision's operators.
logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)


def exported(model: nn.Module, inputs: Sequence[Tensor], opset: int, **options):
    """The program of ONNX, by the table of its opset or, with `table`, of another."""
    shapes, table = options.pop("dynamic_shapes", None), options.pop("table", opset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch's own code
        return torch.onnx.export(
            model.eval(),
            tuple(inputs),
            dynamo=True,
            verbose=False,
            opset_version=opset,
            dynamic_shapes=shapes,
            custom_translation_table=nonlin.onnx.translation_table(table, **options),
        )


def in_onnxruntime(program) -> Callable[..., list[Tensor]]:
    """The program as a function."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), options)
    names = [argument.name for argument in session.get_inputs()]

    def run(*inputs: Tensor) -> list[Tensor]:
        given = {name: t.numpy() for name, t in zip(names, inputs, strict=True)}
        return [torch.from_numpy(y) for y in session.run(None, given)]

    return run


class Elementwise(nn.Module):
    """All settings of all activations that make an element of an element, or of two."""

    def __init__(self) -> None:
        super().__init__()
        self.functions: dict[str, Callable[[Tensor, Tensor], Tensor]] = {}
        for row in SETTINGS:
            self.functions[str(row)] = lambda x, up, row=row: row.function(x)
        for row in PARAMETRIC:
            for value in row.row.values:
                self.functions[f"{row}({row.weight}={value:g})"] = lambda x, up, row=row, w=value: (
                    row.forward(x, torch.full_like(x[:1], w), 0)
                )
        for row in GATED_SETTINGS:
            self.functions[str(row)] = lambda x, up, row=row: row.forward(x, up)

    @staticmethod
    def settings() -> dict[str, tuple[Activation, tuple[float, ...], bool]]:
        """Of each function its row, its numbers, and whether it has a gate."""
        found = {str(row): (row.row, row.parameters, False) for row in SETTINGS}
        for row in PARAMETRIC:
            for value in row.row.values:
                found[f"{row}({row.weight}={value:g})"] = row.row, (value,), False
        return found | {str(row): (row.row, row.parameters, True) for row in GATED_SETTINGS}

    def forward(self, x: Tensor, up: Tensor) -> list[Tensor]:
        return [f(x, up) for f in self.functions.values()]


def operators(program) -> list[str]:
    """Names of the operators of a program."""
    return [node.op_type for node in program.model.graph]
