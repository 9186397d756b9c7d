"""How many sets of tensors calls go around, and how many calls are timed at once.

A call finds nothing in the L2 cache if the calls before it have moved several times as many bytes
as it holds; and all that fits there, if they had the same tensors.
"""

from __future__ import annotations

import math

TIMES = 4  # the size of the L2 cache that all sets exceed
TURN = 1e-3  # seconds that a turn lasts at least, about
SPEED, LAUNCH = 4e12, 2e-6  # bytes per second, and seconds of a call that moves none: about


def sets(size: int, l2: int) -> int:
    """How many make nothing stay in the cache, where a call moves `size` bytes.

    >>> sets(2**20, 50 * 2**20), sets(201 * 2**20, 50 * 2**20)
    (201, 1)
    """
    return TIMES * l2 // size + 1


def fits(size: int, l2: int) -> bool:
    """All of it stays: half of the cache is enough."""
    return size <= l2 // 2


def rounds(size: int, count: int) -> int:
    """How often a turn goes around `count` sets.

    >>> rounds(2**30, 1), rounds(2**14, 1), rounds(2**14, 20_000)
    (4, 499, 1)
    """
    return math.ceil(TURN / (size / SPEED + LAUNCH) / count)
