"""One row per activation and setting: tests loop over them.

SETTINGS are all pointwise ones and GATED_SETTINGS all gated ones, for what depends on the formula;
POINTWISE, PARAMETRIC, GATED, PACKED and GROUPWISE represent their families, for what does not; ALL
is these five.
"""

from rows.bounds import BOUNDS, CURVATURE_ABSOLUTE, FEW, OTHER_PARAMETERS
from rows.gated import GATED, GATED_SETTINGS, PACKED, GatedRow, PackedRow
from rows.groupwise import GROUPWISE, GroupwiseRow, groups
from rows.parametric import (
    PARAMETRIC,
    WEIGHTS,
    ParametricRow,
    make_weight,
    placed,
    weight_leaf,
    weight_of,
)
from rows.pointwise import MEMBERS, PointwiseRow
from rows.sample import DTYPES, HALVES, Row, Sample, seeds
from rows.settings import OPERATORS, POINTWISE, SETTINGS

ALL: tuple[Row, ...] = (*POINTWISE, *PARAMETRIC, *GATED, *PACKED, *GROUPWISE)

__all__ = [
    "ALL",
    "BOUNDS",
    "CURVATURE_ABSOLUTE",
    "DTYPES",
    "FEW",
    "GATED",
    "GATED_SETTINGS",
    "GROUPWISE",
    "HALVES",
    "MEMBERS",
    "OPERATORS",
    "OTHER_PARAMETERS",
    "PACKED",
    "PARAMETRIC",
    "POINTWISE",
    "SETTINGS",
    "WEIGHTS",
    "GatedRow",
    "GroupwiseRow",
    "PackedRow",
    "ParametricRow",
    "PointwiseRow",
    "Row",
    "Sample",
    "groups",
    "make_weight",
    "placed",
    "seeds",
    "weight_leaf",
    "weight_of",
]
