"""Constructors of modules: an argument of a wrong kind or out of range is refused in one line."""

import re

import numpy as np
import pytest
import torch
from nonlin import nn

parameter = torch.nn.Parameter
SWITCHES = [
    (cls, name, options)
    for cls in (nn.ELU, nn.CELU, nn.SELU, nn.GELU, nn.SiLU, nn.Mish, nn.PReLU, nn.Swish)
    for name, options in (("inplace", {}),)
] + [(nn.Swish, "learnable", {})]
NO_TRUTHS = ("no", None, 0, 1, [1.0], torch.tensor(True), np.ones(3), parameter(torch.ones(1)))


@pytest.mark.parametrize(("cls", "name", "options"), SWITCHES)
def test_switches(cls, name, options):
    for bad in (*NO_TRUTHS, torch.nn.ReLU()):
        words = f"nonlin.nn.{cls.__name__}: `{name}` must be True or False, got "
        with pytest.raises(TypeError, match=f"^{re.escape(words)}{type(bad).__name__}$"):
            cls(**{name: bad}, **options)


LONG = 10**400
REFUSED = [
    (lambda: nn.GELU(None), TypeError, "GELU: `approximate` must be a string, got NoneType"),
    (lambda: nn.ELU(LONG), ValueError, "ELU: `alpha` must fit in 64 bits, got one of 1329 bits"),
    (lambda: nn.CELU(LONG), ValueError, "CELU: `alpha` must fit in 64 bits, got one of 1329 bits"),
    (lambda: nn.Swish(LONG), ValueError, "Swish: `beta` must fit in 64 bits, got one of 1329 bits"),
    (lambda: nn.PReLU(LONG), ValueError, "PReLU: `num_parameters` must fit in 64 bits, got one of"),
    (lambda: nn.Maxout(2, LONG), ValueError, "Maxout: `dim` must fit in 64 bits, got one of 1329"),
    (lambda: nn.CELU(1e-320), ValueError, "CELU: `alpha` and its reciprocal must be finite, got"),
    (
        lambda: nn.PReLU(init=1e10, dtype=torch.float16),
        ValueError,
        "PReLU: `init` must be finite in float16, got 10000000000.0",
    ),
    (
        lambda: nn.Swish(1e39, learnable=True),
        ValueError,
        "Swish: `beta` must be finite in float32, got 1e+39",
    ),
    *(
        (
            lambda make=make, kind=kind: make(dtype=kind),
            NotImplementedError,
            f"{name}: `dtype` must have dtype float64, float32, float16 or bfloat16, got ",
        )
        for name, make in (
            ("PReLU", nn.PReLU),
            ("Swish", lambda **options: nn.Swish(learnable=True, **options)),
        )
        for kind in (torch.int64, torch.complex64, torch.float8_e5m2)
    ),
    (lambda: nn.PReLU(dtype="float"), TypeError, "PReLU: `dtype` must be a torch.dtype, got str"),
    (lambda: nn.Swish(dtype="x"), TypeError, "Swish: `dtype` must be a torch.dtype, got str"),
    (
        lambda: nn.Swish(parameter(torch.ones(1, dtype=torch.complex64))),
        NotImplementedError,
        "Swish: `beta` must have dtype float64, float32, float16 or bfloat16, got complex64",
    ),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refused_in_one_line(make, error, words):
    with pytest.raises(error) as caught:
        make()
    text = str(caught.value)
    assert text.startswith(f"nonlin.nn.{words}") and "\n" not in text, text


def test_functions_refuse_other_layouts():
    import nonlin

    x = torch.eye(2)
    for name, more in (("celu", ()), ("silu", ()), ("prelu", (torch.ones(1),)), ("maxout", (2,))):
        words = (
            f"^nonlin::{name}: `input` must be dense or nested, got layout torch.sparse_coo; .*$"
        )
        with pytest.raises(NotImplementedError, match=words):
            getattr(nonlin, name)(x.to_sparse(), *more)
        words = f"^nonlin::{name}: `out` must have dtype float32 like `input`, got int64$"
        with pytest.raises(RuntimeError, match=words):
            getattr(nonlin, name)(x, *more, out=torch.ones(2, dtype=torch.int64))
