"""Activations of your own: the header of a formula becomes operators, a function and a module.

A header is what those in nonlin's own folder `ops/` are. It declares how one element is computed,
for every lane V; here s·x, with its slope and its curvature, in a file my_scale.h:

    #include <nonlin/formula.h>
    struct MyScale {
      parameter s = 2;
      static constexpr auto parameters() { return std::array{named{"s", &MyScale::s}}; }
      template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{s * x, V(s), V(0)}; }
    };

    scale = nonlin.load_activation("my_scale.h")  # compiles once, in seconds
    scale.function(torch.ones(2), s=3.0)          # and torch.ops.nonlin_user.my_scale
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), scale.module(s=0.5))

docs/own-activation.md says what a header may have. `nonlin_add_activation` in CMake makes the same
operators for C++.
"""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nonlin import _C, _compile_caches, _own_build, _own_text, config, fx
from nonlin._own_build import CALLER, Wanted

__all__ = ["Activation", "load_activation"]


class Activation(NamedTuple):
    """What a header has become.

    function: of the input, the header's parameters by name or position, `inplace` and `out`
    module: a subclass of torch.nn.Module with those parameters, or a learned weight
    """

    function: Callable[..., Tensor]
    module: type[torch.nn.Module]


# What names of operators beside the one of an activation end in.
KINDS = ("backward", "out", "packed", "gather", "index")
_loaded: dict[str, tuple[Path, Activation]] = {}
_lock = threading.RLock()


def load_activation(
    path: str | Path,
    *,
    name: str | None = None,
    namespace: str = "nonlin_user",
    cuda: bool | None = None,
) -> Activation:
    """Compile the header of an activation, or find it compiled, and load its operators.

    path: my_act.h, which declares `struct MyAct`
    name: of the operator, torch.ops.<namespace>.<name>; that of the file unless given
    cuda: whether CUDA kernels are compiled too: for the devices that are here or, without one, for
        those that nonlin was built for; None for where there is a device and an nvcc
    returns: function and module class; the same ones when it is called again

    The compiler is $CXX, or c++, g++ or clang++; it compiles for the instruction set in use. What
    it makes stays in $NONLIN_CACHE, or `nonlin` in the user's cache folder, and serves as long as
    header, nonlin, PyTorch and compiler are the same. A header that does not compile raises
    RuntimeError with the line.

    A name is taken once in a process: a changed header needs another `name`, or Python anew.
    Modules can be pickled; what unpickles them calls this function first.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{CALLER}: `path` must be that of a header, got {path!r}")
    wanted = _wanted(Path(path).absolute(), name, namespace, cuda)
    full = f"{namespace}::{wanted.name}"
    with _lock:
        library = _own_build.place(wanted)
        if full in _loaded:
            from_there, activation = _loaded[full]
            if from_there != library:
                raise RuntimeError(
                    f"{CALLER}: {full} is loaded already, of another text; give another `name`, or "
                    "start Python again"
                )
            return activation
        if hasattr(getattr(torch.ops, namespace), wanted.name):
            raise RuntimeError(f"{CALLER}: {full} is an operator already; give another `name`")
        _own_build.compile_once(wanted, library)
        load_library: Callable[[str], None] = torch.ops.load_library
        _C.catch_own_failures()
        try:
            load_library(str(library))
        finally:
            failure = _C.own_failure()
        if failure:
            raise RuntimeError(f"{CALLER}: {full} cannot be added: {failure.splitlines()[0]}")
        _C.name_own_nodes()
        _compile_caches.add_operator(
            f"torch.ops.{namespace}.{wanted.name}", lambda: _state(library.parent.name)
        )
        module = _python(wanted, library)
        activation = Activation(getattr(module, wanted.name), getattr(module, _camel(wanted.name)))
        _loaded[full] = library, activation
        fx.leaf_modules.append(activation.module)
        return activation


class _NotLoaded:
    """Says what the import of a module of ours lacks that was not loaded, when something that was
    pickled names it. Those that were loaded are found before.
    """

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        if path is __path__:
            raise ModuleNotFoundError(
                f"{name} has what nonlin.load_activation makes of a header: call it first",
                name=name,
            )


__path__: list[str] = []  # own.nonlin_user.my_act is a name of modules, for pickles
sys.meta_path.append(_NotLoaded)


def _state(text: str) -> str:
    """What the code that torch.compile makes of an operator depends on."""
    return f"{text}{'-decomposed' if config.decompose else ''}"


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _is_name(name: str) -> bool:
    """Of an operator beside which there is room for those of its derivatives."""
    words = name.split("_")
    return (
        all(re.fullmatch(r"[a-z0-9]+", word) for word in words)
        and not name[0].isdigit()
        and not keyword.iskeyword(name)
        and words[-1] not in KINDS
    )


def _wanted(header: Path, name: str | None, namespace: str, cuda: bool | None) -> Wanted:
    """Refuses in one line what the compiler would in many."""
    if not header.is_file():
        what = "is a folder, not a header" if header.is_dir() else "does not exist"
        raise FileNotFoundError(f"{CALLER}: {header} {what}")
    for what, value in (
        ("the name of the file", header.stem),
        ("`name`", header.stem if name is None else name),
        ("`namespace`", namespace),
    ):
        if not isinstance(value, str):
            raise TypeError(f"{CALLER}: {what} must be a string, got {value!r}")
        if what != "`namespace`" and not _is_name(value):
            raise ValueError(
                f"{CALLER}: {what} must be of lower-case letters, digits and single underscores, "
                f"as my_act, no keyword, and not end in {', '.join(KINDS)}, got {value!r}"
            )
    if not re.fullmatch(r"[A-Za-z_]\w*", namespace) or namespace in ("nonlin", "aten", "prim"):
        raise ValueError(
            f"{CALLER}: `namespace` must be an identifier, and none of nonlin, aten and prim, "
            f"got {namespace!r}"
        )
    whole = header.read_text("utf-8", errors="replace")
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", whole, flags=re.DOTALL)
    formula, found = _camel(header.stem), re.findall(r"\bstruct\s+(\w+)", text)
    if formula not in found:
        declared = f"it declares {', '.join(found)}" if found else "it declares none"
        raise ValueError(f"{CALLER}: {header.name} must declare `struct {formula}`; {declared}")
    if not re.search(r"\boperator\s*\(\s*\)|\breplaces\b|\bwith_gate\b", text):
        raise ValueError(
            f"{CALLER}: {formula} in {header.name} needs operator()(V x), operator()(V x, V w) or "
            "replaces(V best, V next), for every lane V, or the base with_gate<F>"
        )
    _own_text.refuse_names(header.name, _own_text.names_in(text))
    return Wanted(header, formula, name or header.stem, namespace, _nvcc(cuda))


def _nvcc(cuda: bool | None) -> tuple[str, ...]:
    """The compiler of CUDA kernels and the devices, or nothing."""
    built = _C.build_info()
    if cuda is None:
        cuda = bool(built["cuda"]) and torch.cuda.is_available() and bool(_own_build.find_nvcc())
    if not cuda:
        return ()
    program = _own_build.find_nvcc()
    if not program or not built["cuda"]:
        lacking = "this nonlin was built without CUDA" if program else "there is no nvcc"
        raise RuntimeError(f"{CALLER}: `cuda` must be False, as {lacking}")
    here = {torch.cuda.get_device_capability(i) for i in range(torch.cuda.device_count())}
    numbers = [f"{major}{minor}" for major, minor in sorted(here)]
    numbers = numbers or [n.split("-")[0] for n in built["cuda_architectures"].split()]
    return program, *(f"-gencode=arch=compute_{n},code=sm_{n}" for n in numbers)


def _python(wanted: Wanted, library: Path) -> ModuleType:
    """Function and module, in a module of their own, which pickles name."""
    header = wanted.header
    comment = _own_text.comment_of(wanted.formula, header.read_text("utf-8", errors="replace"))
    names = wanted.namespace, wanted.name, _camel(wanted.name), header.name
    text = _own_text.text_of(*names, comment)
    path = library.with_name(f"{wanted.name}.py")
    if not path.exists() or path.read_text("utf-8") != text:
        whole = path.with_suffix(f".{os.getpid()}")  # others may read it meanwhile
        whole.write_text(text, "utf-8")
        whole.replace(path)
    place = f"nonlin.own.{wanted.namespace}.{wanted.name}"
    spec = importlib.util.spec_from_file_location(place, path)
    assert spec and spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[place] = module
    return module  # type: ignore[no-any-return]
