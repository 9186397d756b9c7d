"""Code that torch.compile made from our formulas must not outlive them in its caches on disk.

Keys of AOTAutograd and Inductor contain a graph and thereby names of operators, but not what an
operator does, nor whether it was taken apart. `torch.compiler.config.cache_key_tag` would change
the keys of all programs, and those of profiles too. An operator of another library that calls ours
hides them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from nonlin._when_imported import when_imported

# What keys get for operators whose names in a graph's code begin like this.
_tags: dict[str, Callable[[], str]] = {}


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
        code = [getattr(module, "code", "") for module in modules]
        for name, tag in _tags.items():
            if any(name in text for text in code) and tag() not in self.cache_key_tag:
                self.cache_key_tag += tag()

    details.__init__ = tagged
