"""All settings of pointwise activations, and those that stand for their family."""

from __future__ import annotations

from nonlin import testing

from rows.pointwise import PointwiseRow

SETTINGS = tuple(
    PointwiseRow(row, tuple(options.items()))
    for row in testing.catalogue.values()
    if isinstance(row, testing.Pointwise)
    for options in row.options
)
# One row of each operator, for what its own code does, whatever its parameters are.
OPERATORS = tuple({row.operator: row for row in reversed(SETTINGS)}.values())[::-1]


def _representatives() -> tuple[PointwiseRow, ...]:
    """All pointwise activations share the text of their family, as test_completeness shows.

    So what the family promises is tested with few: without parameters, with the most of them, with
    a text of its own for default parameters, and with a kink.
    """
    plain = next(row for row in SETTINGS if not row.parameters)
    second = next(row for row in SETTINGS if row.has_second_text and not row.options)
    kinked = [row for row in SETTINGS if row.kink]
    most = max(kinked, key=lambda row: (len(row.parameters), bool(row.options)))
    return plain, second, most


POINTWISE = _representatives()
