"""Code that torch.compile made from our formulas must not outlive them in its caches on disk.

Keys of AOTAutograd and Inductor contain a graph and thereby names of operators, but not what an
operator does. `torch.compiler.config.cache_key_tag` would change the keys of all programs, and
those of profiles too. An operator of another library that calls ours hides them.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_MODULE = "torch._inductor.codecache"  # which takes seconds to import


# What keys get for operators whose names in a graph's code begin like this.
_tags: dict[str, str] = {}


def add_to_keys(version: str) -> None:
    """Makes it a part of the keys of graphs that have operators of ours."""
    _tags["torch.ops.nonlin."] = f";nonlin={version}"
    if _MODULE in sys.modules:
        _change(importlib.import_module(_MODULE))  # which waits for an unfinished import
    else:
        sys.meta_path.insert(0, _WhenImported())


def add_operator(name: str, version: str) -> None:
    """The same for an operator of a user's, as torch.ops.mine.my_act."""
    _tags[name] = f";{name}={version}"


def _change(codecache: ModuleType) -> None:
    details = codecache.FxGraphHashDetails  # AOTAutograd's are derived from it
    init = details.__init__

    @functools.wraps(init)
    def tagged(self: Any, gm: Any, *arguments: Any, **options: Any) -> None:
        init(self, gm, *arguments, **options)
        modules = () if gm is None else gm.modules()
        code = [getattr(module, "code", "") for module in modules]
        for name, tag in _tags.items():
            if tag not in self.cache_key_tag and any(name in text for text in code):
                self.cache_key_tag += tag

    details.__init__ = tagged


class _WhenImported:
    """Finds that module as everybody else does, and changes it when it has been executed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _MODULE:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(name, path, target) for finder in others)
        spec = next(filter(None, specs), None)
        if spec and spec.loader:
            self._follow(spec.loader)
        return spec

    def _follow(self, loader: Any) -> None:
        def exec_module(module: ModuleType) -> None:
            del loader.exec_module
            loader.exec_module(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            _change(module)

        loader.exec_module = exec_module
