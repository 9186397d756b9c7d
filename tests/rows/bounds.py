"""How far results of pointwise activations may be from exact ones."""

from __future__ import annotations

import torch
from nonlin.testing import MEMBERS

from rows.sample import HALVES

# Worst error in units in the last place, at default parameters. Within NEAR · |root| of a root of
# f″, a curvature may be wrong by CURVATURE_ABSOLUTE epsilons of the largest curvature besides.
BOUNDS = {
    torch.float64: {"value": 3, "slope": 4, "curvature": 8},
    torch.float32: {"value": 2, "slope": 4, "curvature": 10},
    torch.float16: {"value": 0.501, "slope": 0.501, "curvature": 0.501},
    torch.bfloat16: {"value": 0.502, "slope": 0.502, "curvature": 0.502},
}
CURVATURE_ABSOLUTE = 1
# At others a value in float32 has one more rounding. On CUDA the special-function unit errs, which
# shows where results of 16 bits are rounded.
OTHER_PARAMETERS = {torch.float32: {"value": 3, "slope": 4, "curvature": 10}}
CUDA = {dtype: dict.fromkeys(MEMBERS, 0.51) for dtype in HALVES}

# Inputs of 16 bits whose results may be misrounded, within the bounds: as float32 is rounded to
# float16, a few are at every setting. Where a function meets the middle between two numbers more
# often than that, as linear ones do, the most that was measured stands in MISROUNDED, for the
# setting's name, member and type.
MISROUNDED_FLOAT16 = 10
MISROUNDED: dict[tuple[str, str, torch.dtype], int] = {
    # w·x is rounded to float32 first: 35 bits to 24, then to 11.
    ("leaky_relu", "value", torch.float16): 20,
    ("leaky_relu(negative_slope=0.3)", "value", torch.float16): 63,
    # Among the subnormals.
    ("leaky_relu", "value", torch.bfloat16): 2,
    # −x/8 around 0, next to the middle between two subnormal numbers.
    ("sigmoid", "curvature", torch.float16): 724,
    # One number next to a middle; 1.702 is not the default of the formula.
    ("quick_gelu", "value", torch.bfloat16): 1,
}
FEW = 4  # different values that a derivative has between seams, where it is constant

# Under torch.compile every operation rounds. In float32: ULP of results, in general and for
# single rows, whose tails have a factor that decays, with a rounded exponent or subnormal before
# the product is; next to roots of derivatives, epsilons of the largest; of results below
# COMPILED_SMALL of the smallest normal numbers, in units of it, in general and where results fade
# sooner. Of 16-bit types: misrounded inputs.
COMPILED = (3, 4, 6)
COMPILED_TAILS = {
    "gelu": (70, 70, 70),
    "serf": (6, 40, 210),
    "lisht": (4, 4, 65),
    "tanhshrink": (4, 7, 6),
    "gelu_tanh": (200, 200, 300),
    "swish": (3, 11, 16),
    "mish": (4, 50, 10),
    "quick_gelu": (70, 70, 80),
    "parametric_swish": (50, 70, 70),
}
COMPILED_ABSOLUTE, COMPILED_SMALL, COMPILED_FADING = 1.25, 32, 0.25
COMPILED_FADES = {"swish": 23, "quick_gelu": 23, "serf": 26}
COMPILED_MISROUNDED = 10
COMPILED_OFTEN = {
    ("sigmoid", 2, torch.float16): 1170,
    ("leaky_relu", 0, torch.float16): 20,
    ("serf", 1, torch.float16): 12,
    ("swish", 1, torch.float16): 13,
    ("swish", 0, torch.bfloat16): 17,
    ("swish", 1, torch.bfloat16): 18,
    ("quick_gelu", 0, torch.bfloat16): 20,
    ("quick_gelu", 1, torch.bfloat16): 21,
    ("serf", 1, torch.bfloat16): 18,
}
