"""Code that torch.compile made from our formulas must not outlive them in its caches on disk.

Keys of AOTAutograd and Inductor contain a graph and thereby names of operators, but not what an
operator does, nor whether it was taken apart. `torch.compiler.config.cache_key_tag` would change
the keys of all programs, and those of profiles too. An operator of another library that calls ours
hides them.

Before PyTorch 2.15 the caches bring back a graph with an older number, where an operator takes one
that is computed from one that is used besides (pytorch/pytorch#194976): kernels do, expressions get
tensors. Such graphs are not kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch

from nonlin import config
from nonlin._when_imported import when_imported

# What keys get for operators whose names in a graph's code begin like this.
_tags: dict[str, Callable[[], str]] = {}
_STALE = torch.__version__ < "2.15"


def add_to_keys(state: Callable[[], str]) -> None:
    """Makes it a part of the keys of graphs that have operators of ours."""
    _tags["torch.ops.nonlin."] = lambda: f";nonlin={state()}"
    when_imported("torch._inductor.codecache", _change)


def add_operator(name: str, state: Callable[[], str]) -> None:
    """The same for an operator of a user's, as torch.ops.mine.my_act."""
    _tags[name] = lambda: f";{name}={state()}"


def _change(codecache: ModuleType) -> None:
    details: Any = codecache.FxGraphHashDetails  # AOTAutograd's are derived from it
    init = details.__init__

    @functools.wraps(init)
    def tagged(self: Any, gm: Any, *arguments: Any, **options: Any) -> None:
        init(self, gm, *arguments, **options)
        modules = () if gm is None else gm.modules()
        graphs = [module for module in modules if isinstance(module, torch.fx.GraphModule)]
        for name, tag in _tags.items():
            using = [module for module in graphs if name in module.code]
            if using and tag() not in self.cache_key_tag:
                self.cache_key_tag += tag()
            if _STALE and not config.decompose and any(_has_symbols(m, name) for m in using):
                raise codecache.BypassFxGraphCache(f"a number of {name}* that may change")

    details.__init__ = tagged


def _has_symbols(module: torch.fx.GraphModule, name: str) -> bool:
    """Whether operators of that name take a number that is none yet."""
    calls = (n for n in module.graph.nodes if f"torch.ops.{n.target}".startswith(name))
    given = (node.meta for call in calls for node in call.all_input_nodes)
    return any(isinstance(m.get("example_value", m.get("val")), torch.SymFloat) for m in given)
