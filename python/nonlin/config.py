"""Settings, which can be changed while a program runs.

decompose: whether torch.compile with its default backend, Inductor, puts an operator's expression
    in its place, of which it makes one kernel with what stands around it. Where it is False the
    operators keep their own kernels, whose error is smaller (docs/accuracy.md). True, unless the
    environment variable NONLIN_DECOMPOSE is 0. A change holds for what is compiled from then on;
    `torch.compiler.reset()` forgets what was compiled before.

>>> import nonlin
>>> nonlin.config.decompose
True
>>> nonlin.config.decompose = "no"
Traceback (most recent call last):
    ...
TypeError: nonlin.config: `decompose` must be a bool, got 'no'
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

_WORDS = {"0": False, "1": True}


def _from_environment(name: str) -> bool:
    word = os.environ.get(name, "1")
    if word not in _WORDS:
        raise ValueError(f"nonlin: the environment variable {name} must be 0 or 1, got {word!r}")
    return _WORDS[word]


class _Settings(ModuleType):
    decompose: bool

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
            return
        if name != "decompose":
            raise AttributeError(f"nonlin.config has no setting {name!r}: it has `decompose`")
        if not isinstance(value, bool):
            raise TypeError(f"nonlin.config: `decompose` must be a bool, got {value!r}")
        super().__setattr__(name, value)
        from nonlin import decomposition

        decomposition.follow_settings()


decompose: bool = _from_environment("NONLIN_DECOMPOSE")
sys.modules[__name__].__class__ = _Settings
