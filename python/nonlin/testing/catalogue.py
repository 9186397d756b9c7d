"""One row per activation: where our functions, PyTorch's and the references meet."""

from __future__ import annotations

from functools import partial

import torch
from torch.nn import functional

from nonlin import exponential, groupwise, nn, parametric, pointwise
from nonlin.testing import textbook, definitions
from nonlin.testing import pointwise as expressions
from nonlin.testing.activation import Activation, Arguments, Parametric, Pointwise, scaled_root
from nonlin.testing.parametric import partials

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def _swish(beta: float = 1.0) -> Arguments:
    return (beta,)


def _elu(alpha: float = 1.0) -> Arguments:
    return alpha, 1.0, 1.0


def _celu(alpha: float = 1.0) -> Arguments:
    return alpha, 1.0, 1.0 / alpha


def _selu() -> Arguments:
    return SELU_ALPHA, SELU_SCALE, 1.0


_ROWS: tuple[Activation, ...] = (
    Pointwise(
        name="gelu",
        operator="gelu",
        function=pointwise.gelu,
        builtin=functional.gelu,
        module=nn.GELU,
        builtin_module=torch.nn.GELU,
        expression=expressions.gelu,
        definition=definitions.gelu,
        textbook=textbook.gelu,
        root=scaled_root("-0.751791524693564457457904946779524039664471"),
    ),
    Pointwise(
        name="gelu_tanh",
        operator="gelu_tanh",
        function=partial(pointwise.gelu, approximate="tanh"),
        builtin=partial(functional.gelu, approximate="tanh"),
        module=partial(nn.GELU, "tanh"),
        builtin_module=partial(torch.nn.GELU, "tanh"),
        expression=expressions.gelu_tanh,
        definition=definitions.gelu_tanh,
        textbook=textbook.gelu_tanh,
        root=scaled_root("-0.752461422071016258487954443288916090605392"),
    ),
    Pointwise(
        name="swish",
        operator="swish",
        function=pointwise.swish,
        builtin=functional.silu,
        builtin_options=False,
        module=nn.Swish,
        builtin_module=torch.nn.SiLU,
        expression=expressions.swish,
        definition=definitions.swish,
        textbook=textbook.swish,
        options=({}, {"beta": 0.3}, {"beta": 1.702}, {"beta": -1.0}, {"beta": 0.0}),
        arguments=_swish,
        root=scaled_root("-1.27846454276107379510935873902298015543948"),
    ),
    Pointwise(
        name="mish",
        operator="mish",
        function=pointwise.mish,
        builtin=functional.mish,
        module=nn.Mish,
        builtin_module=torch.nn.Mish,
        expression=expressions.mish,
        definition=definitions.mish,
        textbook=textbook.mish,
        root=scaled_root("-1.19243121451549521213758834042073940560069"),
    ),
    Pointwise(
        name="elu",
        operator="elu",
        function=exponential.elu,
        builtin=functional.elu,
        module=nn.ELU,
        builtin_module=torch.nn.ELU,
        expression=expressions.elu,
        definition=definitions.elu,
        textbook=textbook.elu,
        options=({}, {"alpha": 0.3}, {"alpha": 2.5}),
        arguments=_elu,
    ),
    Pointwise(
        name="celu",
        operator="elu",
        function=exponential.celu,
        builtin=functional.celu,
        module=nn.CELU,
        builtin_module=torch.nn.CELU,
        expression=expressions.elu,
        definition=definitions.elu,
        textbook=textbook.elu,
        options=({}, {"alpha": 0.3}, {"alpha": 2.5}),
        arguments=_celu,
    ),
    Pointwise(
        name="selu",
        operator="elu",
        function=exponential.selu,
        builtin=functional.selu,
        module=nn.SELU,
        builtin_module=torch.nn.SELU,
        expression=expressions.elu,
        definition=definitions.elu,
        textbook=textbook.elu,
        arguments=_selu,
    ),
    Parametric(
        name="prelu",
        operator="prelu",
        function=parametric.prelu,
        builtin=functional.prelu,
        module=nn.PReLU,
        builtin_module=torch.nn.PReLU,
        partials=partials["prelu"],
        weights=(0.25,),
    ),
    Parametric(
        name="parametric_swish",
        operator="parametric_swish",
        function=pointwise.swish,
        builtin=textbook.swish,
        module=partial(nn.Swish, learnable=True),
        builtin_module=textbook.Swish,
        partials=partials["swish"],
        weights=(1.0,),
    ),
    Activation(
        name="maxout",
        operator="maxout",
        function=partial(groupwise.maxout, k=2),
        builtin=partial(textbook.maxout, k=2),
        module=partial(nn.Maxout, 2),
        builtin_module=partial(textbook.Maxout, 2),
        group=2,
    ),
)

catalogue: dict[str, Activation] = {row.name: row for row in _ROWS}
