"""The operators of each family: what is appended to an activation's name."""

from rows.gated import GatedRow, PackedRow
from rows.groupwise import GroupwiseRow
from rows.parametric import ParametricRow
from rows.pointwise import PointwiseRow

KINDS = {
    "pointwise": PointwiseRow.KINDS,
    "parametric": ParametricRow.KINDS,
    "gated": GatedRow.KINDS,
    "packed": PackedRow.KINDS,
    "groupwise": GroupwiseRow.KINDS,
}
