"""What modules of different files have in common."""

from typing import ClassVar

import torch

from nonlin._arguments import text, truth


class InPlace(torch.nn.Module):
    """The first base of a module whose one argument is `inplace`.

    The second is its namesake in PyTorch, which may lack this argument, or torch.nn.Module.
    """

    __constants__: ClassVar[list[str]] = ["inplace"]
    inplace: bool = False  # of a namesake that became ours by assignment to `__class__`

    def __init__(self, inplace: bool = False) -> None:
        truth(name_of(self), "inplace", inplace)
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class AlsoInPlace(torch.nn.Module):
    """The first base of a module whose namesake has other arguments and no `inplace`.

    The module sets `inplace` itself, and names it among its `__constants__`.
    """

    inplace: bool = False  # of a namesake that became ours by assignment to `__class__`

    def extra_repr(self) -> str:
        return super().extra_repr() + shown(self.inplace)


def checked_approximation(caller: str, approximate: str) -> str:
    text(caller, "approximate", approximate)
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"{caller}: `approximate` must be 'none' or 'tanh', got '{approximate}'")
    return approximate


def name_of(module: torch.nn.Module) -> str:
    """Of a class derived from one of ours, the name of ours."""
    names = (base.__name__ for base in type(module).__mro__ if base.__module__ == "nonlin.nn")
    return f"nonlin.nn.{next(names)}"


def shown(inplace: bool, dim: int = 1) -> str:
    """What a repr ends in: options that PyTorch's namesakes do not have, if they are used."""
    return ("" if dim == 1 else f", dim={dim}") + (", inplace=True" if inplace else "")
