"""One row per activation: where our functions, PyTorch's and the definitions meet."""

from __future__ import annotations

from functools import partial

import torch
from torch.nn import functional

from nonlin import (
    algebraic,
    exponential,
    gated,
    groupwise,
    nn,
    parametric,
    pointwise,
    rectified,
    saturating,
    self_gated,
    shrinkage,
)
from nonlin.testing import definitions, textbook
from nonlin.testing.activation import Activation
from nonlin.testing.gated import Gated, clamped
from nonlin.testing.parametric import Parametric
from nonlin.testing.pointwise import Pointwise

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946

_ROWS: tuple[Activation, ...] = (
    Pointwise(pointwise.gelu, nn.GELU, definitions.gelu),
    Pointwise(
        partial(pointwise.gelu, approximate="tanh"),
        partial(nn.GELU, "tanh"),
        definitions.gelu_tanh,
    ),
    Pointwise(
        pointwise.swish,
        nn.Swish,
        definitions.swish,
        options=({"beta": 0.3}, {"beta": 1.702}, {"beta": -1.0}, {"beta": 0.0}),
        builtin=functional.silu,
        builtin_module=torch.nn.SiLU,
        textbook=textbook.swish,
    ),
    Pointwise(pointwise.mish, nn.Mish, definitions.mish),
    Pointwise(
        self_gated.quick_gelu,
        nn.QuickGELU,
        definitions.swish,
        arguments=lambda: (1.702,),
        builtin=textbook.quick_gelu,
    ),
    Pointwise(
        self_gated.serf,
        nn.Serf,
        definitions.serf,
        builtin=textbook.serf,
    ),
    Pointwise(
        self_gated.lisht,
        nn.LiSHT,
        definitions.lisht,
        builtin=textbook.lisht,
    ),
    Pointwise(self_gated.hardswish, nn.Hardswish, definitions.hardswish),
    Pointwise(rectified.relu, nn.ReLU, definitions.relu),
    Pointwise(rectified.relu6, nn.ReLU6, definitions.hardtanh, arguments=lambda: (0.0, 6.0)),
    Pointwise(
        rectified.leaky_relu,
        nn.LeakyReLU,
        definitions.leaky_relu,
        options=({"negative_slope": 0.3}, {"negative_slope": -0.5}, {"negative_slope": 0.0}),
    ),
    Pointwise(
        rectified.hardtanh,
        nn.Hardtanh,
        definitions.hardtanh,
        options=({"min_val": -0.3, "max_val": 0.7},),
    ),
    Pointwise(
        partial(rectified.threshold, threshold=0.0, value=0.0),
        partial(nn.Threshold, threshold=0.0, value=0.0),
        definitions.threshold,
        options=({"threshold": 0.3, "value": 20.0}, {"threshold": -1.0, "value": -0.7}),
    ),
    Pointwise(
        rectified.squared_relu,
        nn.SquaredReLU,
        definitions.squared_relu,
        builtin=textbook.squared_relu,
    ),
    Pointwise(saturating.sigmoid, nn.Sigmoid, definitions.sigmoid, builtin=torch.sigmoid),
    Pointwise(saturating.logsigmoid, nn.LogSigmoid, definitions.logsigmoid),
    Pointwise(saturating.tanh, nn.Tanh, definitions.tanh, builtin=torch.tanh),
    Pointwise(
        saturating.hardsigmoid,
        nn.Hardsigmoid,
        definitions.hardsigmoid,
        textbook=textbook.hardsigmoid,
    ),
    Pointwise(
        saturating.softplus,
        nn.Softplus,
        definitions.softplus,
        options=({"beta": 0.5, "threshold": 3.0}, {"beta": -1.75}, {"beta": 30.0}),
    ),
    Pointwise(saturating.softsign, nn.Softsign, definitions.softsign),
    Pointwise(
        algebraic.squareplus,
        nn.Squareplus,
        definitions.squareplus,
        builtin=textbook.squareplus,
        options=({"b": 0.3}, {"b": 100.0}),
    ),
    Pointwise(
        saturating.sign,
        nn.Sign,
        definitions.sign,
        builtin=torch.sign,
    ),
    Pointwise(
        saturating.sign_ste,
        partial(nn.Sign, straight_through=True),
        definitions.sign_ste,
        builtin=textbook.sign_ste,
    ),
    Pointwise(
        shrinkage.softshrink, nn.Softshrink, definitions.softshrink, options=({"lambd": 0.3},)
    ),
    Pointwise(
        shrinkage.hardshrink,
        nn.Hardshrink,
        definitions.hardshrink,
        options=({"lambd": 0.3}, {"lambd": -1.0}),
    ),
    Pointwise(shrinkage.tanhshrink, nn.Tanhshrink, definitions.tanhshrink),
    Pointwise(exponential.elu, nn.ELU, definitions.elu, options=({"alpha": 0.3}, {"alpha": 2.5})),
    Pointwise(
        exponential.celu,
        nn.CELU,
        definitions.elu,
        options=({"alpha": 0.3}, {"alpha": 2.5}),
        arguments=lambda alpha=1.0: (alpha, 1.0, 1.0 / alpha),
        textbook=textbook.celu,
    ),
    Pointwise(
        exponential.selu,
        nn.SELU,
        definitions.elu,
        arguments=lambda: (SELU_ALPHA, SELU_SCALE, 1.0),
    ),
    Parametric(
        parametric.prelu,
        nn.PReLU,
        definitions.prelu,
        values=(0.25, 0.0, 1.5, -0.75),
        textbook=textbook.prelu,
    ),
    Parametric(
        pointwise.swish,
        partial(nn.Swish, learnable=True),
        definitions.parametric_swish,
        values=(1.0, 0.3, -1.702, 0.0),
        builtin=textbook.swish,
        builtin_module=textbook.Swish,
    ),
    Gated(
        gated.glu,
        nn.GLU,
        definitions.sigmoid,
        textbook.glu,
        builtin=functional.glu,
        builtin_module=torch.nn.GLU,
    ),
    Gated(gated.bilinear, nn.BilinearGLU, definitions.identity, textbook.bilinear),
    Gated(gated.reglu, nn.ReGLU, definitions.relu, textbook.reglu),
    Gated(gated.geglu, nn.GEGLU, definitions.gelu, textbook.geglu),
    Gated(
        partial(gated.geglu, approximate="tanh"),
        partial(nn.GEGLU, approximate="tanh"),
        definitions.gelu_tanh,
        partial(textbook.geglu, approximate="tanh"),
        operator="geglu_tanh",
    ),
    Gated(
        gated.swiglu,
        nn.SwiGLU,
        definitions.swish,
        textbook.swiglu,
        options=({"beta": 0.3}, {"beta": -1.0}),
    ),
    Gated(
        gated.swiglu_clamped,
        nn.SwiGLUClamped,
        definitions.clamped_swish,
        textbook.swiglu_clamped,
        options=({"limit": 1.5, "alpha": 0.7},),
        of_up=clamped,
    ),
    Activation(
        partial(groupwise.maxout, k=2),
        partial(nn.Maxout, 2),
        builtin=partial(textbook.maxout, k=2),
        builtin_module=partial(textbook.Maxout, 2),
        group=2,
    ),
)

# Public functions without an operator of their name: which one they call, and why it will do.
WITHOUT_OPERATOR = {
    "silu": ("swish", "with β = 1, for which it has kernels of their own"),
    "quick_gelu": ("swish", "with β = 1.702"),
    "relu6": ("hardtanh", "with limits 0 and 6"),
    "celu": ("elu", "with `input_scale` = 1/α"),
    "selu": ("elu", "with two constants"),
}

catalogue: dict[str, Activation] = {row.name: row for row in _ROWS}
