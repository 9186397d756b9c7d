"""Where ours are not what PyTorch's tests of its activations ask for, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from device import device_name
from outside import Namesake
from torch.autograd import grad

GELU = ("gelu", "gelu_tanh")
SIGMOIDAL = (*GELU, "swish", "mish")
EXPONENTIAL = ("elu", "celu", "selu")


@dataclass(frozen=True)
class Deviation:
    """`found` says whether a namesake differs; `rows` are those that do; the rest is in words."""

    name: str
    rows: tuple[str, ...]
    found: Callable[[Namesake], bool]


def _error(run: Callable[[], object]) -> Exception | None:
    try:
        run()
    except Exception as error:
        return error
    return None


def _first(namesake: Namesake):
    return namesake.small(torch.float32)[0]


def takes(**more) -> Callable[[Namesake], bool]:
    """Ours takes an argument that PyTorch's does not know."""

    def found(namesake: Namesake) -> bool:
        call = _first(namesake)
        tensors = [t.clone() for t in call.tensors]
        given = {
            name: torch.empty_like(tensors[0]) if name == "out" else x for name, x in more.items()
        }
        theirs = _error(lambda: call.run(call.builtin, *tensors, **given))
        return (
            isinstance(theirs, TypeError) and _error(lambda: call.ours(*tensors, **given)) is None
        )

    return found


def refuses(dtype: torch.dtype) -> Callable[[Namesake], bool]:
    """PyTorch's takes a type that has no meaning or no kernel here."""

    def found(namesake: Namesake) -> bool:
        call = _first(namesake)
        tensors = [t.to(dtype) for t in call.tensors]
        return _error(lambda: call.theirs(*tensors)) is None and isinstance(
            _error(lambda: call.ours(*tensors)), NotImplementedError
        )

    return found


def other_words(namesake: Namesake) -> bool:
    """Messages name our operator and our argument: PyTorch's tests look for PyTorch's words."""
    info = namesake.info
    errors: Iterable = info.error_inputs(device_name()) if info.error_inputs_func else ()
    for error in errors:
        s = error.sample_input
        ours = _error(lambda s=s: namesake.function(s.input, *s.args, **s.kwargs))
        if not re.search(error.error_regex, str(ours)):
            return True
    return False


def _both(namesake: Namesake, value: float, length: int = 64):
    """Value and slope at one number, ours and PyTorch's, in tensors of that length."""
    results = []
    for f in (namesake.function, namesake.builtin):
        x = torch.full((length,), value, requires_grad=True)
        weight = (torch.full((1,), 0.25),) if namesake.row.weights else ()
        y = f(x, *weight, **namesake.options)
        results.append((y[-1].item(), grad(y.sum(), x)[0][-1].item()))
    return results


def limit(namesake: Namesake) -> bool:
    """At −∞ PyTorch's multiplies by 0 and is NaN, as NumPy's reference; ours is the limit, −0."""
    (value, slope), (theirs, _) = _both(namesake, -torch.inf)
    return value == slope == 0 and theirs != theirs


def tail(namesake: Namesake) -> bool:
    """Far out PyTorch's is 0 where the value is not yet: 1 + erf cancels, or e⁻ˣ overflows."""
    return any(
        ours[0] != 0 and theirs[0] == 0
        for ours, theirs in (_both(namesake, x) for x in (-7.0, -90.0))
    )


def number_at_nan(namesake: Namesake) -> bool:
    """PyTorch's slope at NaN is a number; of ELUs in short tensors alone, pytorch#195075."""
    (_, slope), (_, theirs) = _both(namesake, torch.nan, length=2)
    return slope != slope and theirs == theirs


SHRINKS = ("hardshrink", "softshrink")
RECTIFIED = ("relu", "relu6", "leaky_relu", "hardtanh", "threshold")
SQUASHING = ("sigmoid", "tanh", "tanhshrink")

DEVIATIONS = (
    # OpInfo.supports_out is False, and test_out asserts that `out` is refused.
    Deviation(
        "out",
        (*SIGMOIDAL[2:], *EXPONENTIAL, *RECTIFIED, "hardswish", "softsign", "tanhshrink", "prelu"),
        takes(out=...),
    ),
    Deviation(
        "in place",
        (*GELU, *SQUASHING, *SHRINKS, "logsigmoid", "softplus", "softsign", "prelu"),
        takes(inplace=True),
    ),
    Deviation("complex numbers", ("swish", *SQUASHING, "softsign"), refuses(torch.complex64)),
    Deviation(
        "integers",
        (*SQUASHING, "relu", "relu6", "hardtanh", "threshold", "softsign"),
        refuses(torch.int64),
    ),
    Deviation("words of errors", (*GELU, "hardtanh", "softshrink", "prelu"), other_words),
    Deviation("minus infinity", (*SIGMOIDAL, "hardswish"), limit),
    Deviation("tails", (*GELU, "swish", "sigmoid", "glu"), tail),
    Deviation("slope at NaN", (*EXPONENTIAL, *RECTIFIED, *SHRINKS, "hardswish"), number_at_nan),
)
