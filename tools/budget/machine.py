"""The card that budgets are judged by, and what is aimed at on it."""

from __future__ import annotations

# An H200: multiprocessors, their clock, the lanes that each issues to, and the bytes a second that
# a copy reaches on it.
MULTIPROCESSORS, CLOCK, LANES, COPY = 132, 1.98e9, 128, 4.3e12
ARCHITECTURE = "sm_90"
# How many cycles a warp's instruction takes of what can begin one warp a cycle at best. Of double
# precision this holds for the large cards alone.
CYCLES = {"issue": 1, "fma": 1, "alu": 2, "xu": 8, "fp64": 2}

# The most of the time that memory takes anyway, by the size of an element.
AIMS = {2: {"issue": 0.55, "xu": 0.51}, 4: {"issue": 0.70, "xu": 0.51}}


def share(unit: str, slots_per_byte: float) -> float:
    """The time that a unit needs for a byte, of the time in which the byte is copied."""
    return slots_per_byte * CYCLES[unit] * COPY / (MULTIPROCESSORS * CLOCK * LANES)
