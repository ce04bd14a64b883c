"""Which deal a free rep takes next: the order of a to-do list, of a team's queue and of the public pool.

Every discipline gives a deal one number when it joins the line, lowest first; equal numbers go by when the touch was
wanted. Scores that fade with a common half-life keep their order, so no number ever has to be computed again.
"""

import math
from enum import IntEnum

from sim.jit import rule


class Discipline(IntEnum):
    """The orders to choose from."""

    FIFO = 0
    """First in, first out."""
    FRESHEST = 1
    """Last in, first out: the newest lead is the warmest."""
    SCORE = 2
    """Highest score first, faded by its age."""
    TIER = 3
    """Best tier first, in order of arrival within it (non-preemptive priority)."""
    DEADLINE = 4
    """Earliest end of the SLA first; a touch without an SLA is due when it is wanted."""
    VALUE = 5
    """Highest expected value (score × amount) first, faded by age: cherry-picking."""
    DECAY_VALUE = 6
    """Generalised c-mu.

    Value lost per day of waiting × rate of serving, that is expected value × speed slope / effort.
    """
    RANDOM = 7
    """Any, by a number drawn for the deal: claiming blindly."""


@rule
def place_in_line(  # noqa: PLR0911, PLR0913, PLR0917 - one line a discipline; each needs other facts of the deal
    discipline: int,
    ready: float,
    created: float,
    score: float,
    half_life: float,
    tier: int,
    deadline: float,
    amount: float,
    speed_slope: float,
    effort: float,
    luck: float,
) -> float:
    """Return the number by which a deal stands in line, lowest first.

    Parameters
    ----------
    discipline
        A `Discipline`.
    ready, created, deadline
        Days since the origin: when the deal wanted its touch, came in, and should be touched by (inf for no SLA).
    score, half_life
        Score in [0, 100] at creation, and the days in which it halves.
    tier
        0 for the best.
    amount
        List amount.
    speed_slope, effort
        Of the stage: log odds lost per doubling of delay; mean days of working time.
    luck
        A uniform number of the deal's own.
    """
    if discipline == 1:
        return -ready
    if discipline == 3:
        return float(tier)
    if discipline == 4:
        return deadline if deadline < math.inf else ready
    if discipline == 7:
        return luck
    if discipline == 0:
        return ready
    # log2 of what the deal is worth now, but for the term -now / half_life that all deals share
    fresh = created / half_life
    if discipline == 2:
        return -(math.log2(score + 1e-9) + fresh)
    value = math.log2(score / 100.0 * amount + 1e-9) + fresh
    if discipline == 5:
        return -value
    return -(value + math.log2((speed_slope + 1e-9) / (effort + 1e-9)))
