"""Tracing by torch.fx that keeps the modules of `nonlin.nn` whole, as those of torch.nn are kept.

`torch.fx.symbolic_trace` looks into a module unless it is of torch.nn. It records `nonlin.gelu`
where torch.nn.GELU would become a node `call_module`, which is what many passes look for:

>>> net = torch.nn.Sequential(torch.nn.Linear(2, 3), nn.GELU())
>>> [node.op for node in torch.fx.symbolic_trace(net).graph.nodes]
['placeholder', 'call_module', 'call_function', 'output']
>>> [node.op for node in symbolic_trace(net).graph.nodes]
['placeholder', 'call_module', 'call_module', 'output']

Other tracers want a list of classes, `leaf_modules`:

* torchvision: `create_feature_extractor(net, ["1"], {"leaf_modules": nonlin.fx.leaf_modules})`
* quantization: `PrepareCustomConfig().set_non_traceable_module_classes(nonlin.fx.leaf_modules)`

A tracer looks into `nonlin.nn.GatedMLP`, whose linear layers are what passes look for.

A tracer of your own becomes such a one by a second base, as in `class Mine(nonlin.fx.Tracer, Own)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.fx

from nonlin import nn

__all__ = ["Tracer", "leaf_modules", "symbolic_trace"]

# Those of nonlin.load_activation follow, once they are loaded.
leaf_modules: list[type[torch.nn.Module]] = [
    getattr(nn, name) for name in nn.__all__ if name not in nn.gated_mlp.__all__
]


class Tracer(torch.fx.Tracer):
    """One to which modules of `nonlin.nn` are leaves.

    >>> [node.op for node in Tracer().trace(torch.nn.Sequential(nn.Mish())).nodes]
    ['placeholder', 'call_module', 'output']
    """

    def is_leaf_module(self, m: torch.nn.Module, module_qualified_name: str) -> bool:
        return type(m) in leaf_modules or super().is_leaf_module(m, module_qualified_name)


def symbolic_trace(
    root: torch.nn.Module | Callable[..., Any], concrete_args: dict[str, Any] | None = None
) -> torch.fx.GraphModule:
    """`torch.fx.symbolic_trace` with `Tracer`.

    >>> symbolic_trace(torch.nn.Sequential(nn.Mish())).get_submodule("0")
    Mish()
    """
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    name = type(root).__name__ if isinstance(root, torch.nn.Module) else root.__name__
    return torch.fx.GraphModule(tracer.root, graph, name)
