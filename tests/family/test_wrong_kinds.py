"""An argument of a wrong kind, or out of range: one line that names what the caller wrote."""

from __future__ import annotations

import inspect
import math
import re

import nonlin
import pytest
import torch
from accuracy import same_bits
from conftest import script

pytestmark = pytest.mark.devices

x, w = torch.linspace(-2, 2, 6).view(2, 3), torch.ones(3)
GIVEN = {"input": x, "weight": w, "k": 3, "threshold": 0.0, "value": 0.0}


def call(name: str):
    """The function with what it must be given, where a test gives nothing else."""
    function = getattr(nonlin, name)
    taken = inspect.signature(function).parameters
    return lambda **given: function(**({p: GIVEN[p] for p in taken if p in GIVEN} | given))


PUBLIC = [name for name in nonlin.__all__ if inspect.isfunction(getattr(nonlin, name))]
CALLS = {name: call(name) for name in PUBLIC if not name.endswith("_")}
NO_TENSOR = (1.0, 3, "x", [1.0], None, torch.float32)
NO_INTEGER = (2.0, "2", None, True, torch.tensor(2))
# What each argument must be, and what it is not.
KINDS = {
    "input": ("a tensor", NO_TENSOR),
    "weight": ("a tensor", NO_TENSOR),
    "out": ("a tensor", [value for value in NO_TENSOR if value is not None]),
    "up": ("a tensor", [value for value in NO_TENSOR if value is not None]),
    "inplace": ("True or False", ("yes", 1, None, torch.tensor(True))),
    "dim": ("an integer", NO_INTEGER),
    "k": ("an integer", NO_INTEGER),
    "alpha": ("a real number", ("a", None, True, 1j, [1.0], torch.tensor(1.0))),
    "beta": ("a real number or a tensor", ("a", None, True, 1j, [1.0])),
    "layout": ("a string", (True, None, 1.0, torch.tensor(1.0))),
    "approximate": ("a string", (True, None, 1.0, torch.tensor(1.0))),
}


def kinds(name: str, parameter: inspect.Parameter):
    """By its name, or for a number by its annotation."""
    number = KINDS["alpha"] if parameter.annotation == "float" else None
    known = number or KINDS.get(parameter.name)
    assert known, f"nonlin.{name} takes `{parameter}`: say in KINDS of {__file__} what it must be"
    return known


@pytest.mark.parametrize("name", CALLS)
def test_wrong_kinds(name):
    for argument, parameter in inspect.signature(getattr(nonlin, name)).parameters.items():
        allowed, wrong = kinds(name, parameter)
        for value in wrong:
            before, kind = x.clone(), type(value).__name__
            with pytest.raises(TypeError) as caught:
                CALLS[name](**{argument: value})
            words = f"nonlin::{name}: `{argument}` must be {allowed}, got {kind}"
            assert str(caught.value) == words
            assert same_bits(x, before)
    with pytest.raises(TypeError, match="unexpected keyword"):
        CALLS[name](wide=1.0)


@pytest.mark.parametrize("name", CALLS)
def test_functions_name_themselves(name):
    words = f"nonlin::{name}: `input` must have dtype float64, float32, float16 or bfloat16, got"
    with pytest.raises(NotImplementedError, match=f"^{words} int64$"):
        CALLS[name](input=torch.ones(2, 3, dtype=torch.int64))
    with pytest.raises(RuntimeError, match="`out` must have dtype"):
        CALLS[name](out=torch.empty(6, dtype=torch.float64))


def test_a_number_that_is_not_finite():
    for call in (lambda b: nonlin.swish(x, beta=b), lambda b: nonlin.nn.Swish(b)(x)):
        with pytest.raises(ValueError, match=r"`beta` must be finite.*nan"):
            call(math.nan)


@pytest.mark.usefixtures("fresh_compiler")
def test_wrong_kinds_in_compiled_functions():
    for name, argument, value in (
        ("prelu", "weight", 0.25),
        ("maxout", "k", 2.0),
        ("elu", "alpha", None),
        ("swish", "beta", "a"),
        ("gelu", "input", 1.0),
        ("silu", "inplace", 1),
    ):
        run = torch.compile(lambda: CALLS[name](**{argument: value}), backend="eager")  # noqa: B023
        with pytest.raises(TypeError, match=rf"^nonlin::{name}: `{argument}` must be [^\n]*$"):
            run()


@pytest.mark.parametrize("name", [name for name in CALLS if name != "maxout"])
def test_in_place_and_out(name):
    message = f"nonlin::{name}: `inplace` must be False where `out` is given"
    with pytest.raises(RuntimeError) as caught:
        CALLS[name](inplace=True, out=torch.empty(0))
    assert str(caught.value) == message
    scripted = script(getattr(nonlin, name))
    more = {"prelu": {"weight": w}, "threshold": {"threshold": 0.0, "value": 0.0}}.get(name, {})
    with pytest.raises(torch.jit.Error, match=re.escape(message)):
        scripted(x, **more, inplace=True, out=torch.empty(0))


REFUSED = [
    (torch.float32, 0.0, "`alpha` must not be 0"),
    (torch.float32, -0.0, "`alpha` must not be 0"),
    (torch.float64, 0, "`alpha` must not be 0"),
    *(
        (dtype, a, f"`alpha` and its reciprocal must be finite in {computed}, got {a}")
        for dtype, computed, numbers in (
            (
                torch.float32,
                "float32",
                (math.nan, math.inf, -math.inf, 1e-39, -1e-39, 1e300, 3.5e38),
            ),
            (torch.bfloat16, "float32", (1e-39, 1e39)),
            (torch.float64, "float64", (math.nan, -math.inf, 1e-310)),
        )
        for a in numbers
    ),
]


def celu_of_a_module(t, alpha):
    module = nonlin.nn.CELU()
    module.alpha = alpha
    return module(t)


FORMS = {
    "": nonlin.celu,
    "inplace": lambda t, a: nonlin.celu(t, a, inplace=True),
    "out": lambda t, a: nonlin.celu(t, a, out=torch.empty_like(t)),
    "module": celu_of_a_module,
    "compiled": lambda t, a: torch.compile(lambda: nonlin.celu(t, a), backend="eager")(),
    "scripted": lambda t, a: script(nonlin.celu)(t, float(a)),
}


@pytest.mark.usefixtures("fresh_compiler")
@pytest.mark.parametrize("form", FORMS)
def test_celu_names_itself(form):
    one_of_each = {(dtype, words[:12]): (dtype, a, words) for dtype, a, words in REFUSED}
    for dtype, alpha, words in one_of_each.values() if form == "compiled" else REFUSED:
        # TorchScript has an error of its own, and shows all digits of a number.
        error = torch.jit.Error if form == "scripted" else ValueError
        words = words.partition(", got")[0] if form == "scripted" else words
        t = x.to(dtype, copy=True)
        with pytest.raises(error, match=re.escape(f"nonlin::celu: {words}")):
            FORMS[form](t, alpha)
        assert same_bits(t, x.to(dtype))


def test_celu_takes_all_others():
    numbers = [(torch.float64, a) for a in (1e-39, 1e300)]
    for dtype, alpha in (*numbers, *((torch.float32, a) for a in (1e-38, 3e38, -2.0))):
        t = x.to(dtype)
        want = torch.ops.nonlin.elu(t, alpha, 1.0, 1 / alpha)
        for run in (nonlin.celu, script(nonlin.celu)):
            assert same_bits(run(t, alpha), want)


def test_a_value_of_approximate():
    """RuntimeError, as PyTorch's; also of a module, which PyTorch checks when it runs."""
    words = "nonlin::gelu: `approximate` must be 'none' or 'tanh', got 'sigmoid'"
    for run in (nonlin.gelu, torch.nn.functional.gelu):
        with pytest.raises(RuntimeError) as caught:
            run(x, approximate="sigmoid")
        assert (str(caught.value) == words) == (run is nonlin.gelu)
    for module in (nonlin.nn.GELU, nonlin.nn.GEGLU):
        with pytest.raises(RuntimeError) as caught:
            module(approximate="sigmoid")
        assert str(caught.value) == words.replace("nonlin::gelu", f"nonlin.nn.{module.__name__}")


@pytest.mark.cpu
@pytest.mark.parametrize(
    ("make", "given", "error", "message"),
    [
        ("ELU", ("a",), TypeError, "`alpha` must be a real number, got str"),
        ("ELU", (math.inf,), ValueError, "`alpha` must be finite, got inf"),
        ("CELU", (None,), TypeError, "`alpha` must be a real number, got NoneType"),
        ("CELU", (math.nan,), ValueError, "`alpha` must be finite, got nan"),
        ("CELU", (0,), ValueError, "`alpha` must not be 0"),
        (
            "Swish",
            (1j,),
            TypeError,
            "`beta` must be a real number or a torch.nn.Parameter, got complex",
        ),
        ("PReLU", (True,), TypeError, "`num_parameters` must be an integer, got bool"),
        ("PReLU", (1, torch.ones(1)), TypeError, "`init` must be a real number, got Tensor"),
        ("Maxout", (torch.tensor(2),), TypeError, "`k` must be an integer, got Tensor"),
    ],
)
def test_constructors(make, given, error, message):
    with pytest.raises(error) as caught:
        getattr(nonlin.nn, make)(*given)
    assert str(caught.value) == f"nonlin.nn.{make}: {message}"
