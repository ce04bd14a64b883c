"""Working time from a table of open hours: is the desk open, when does it open next, when is work begun now finished.

The table is two sorted arrays, the instants at which each interval opens and closes, in days since an origin, as
`sim.calendar.OpenHours` holds them. Finishing is the inverse of the working time that has passed, so an engine needs no
event for the beginning or end of a shift.
"""

import numpy as np
import numpy.typing as npt

from sim.jit import rule

type Floats = npt.NDArray[np.float64]

ROUNDING = 1e-10
"""Days (9 microseconds): less than this left at closing time is rounding error, not work for the next morning."""


@rule
def _first_ending_after(ends: Floats, t: float) -> int:
    """Index of the first interval that ends after t."""
    # Bisection by hand: four times as fast as the compiled numpy.searchsorted, and half the time to compile.
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if ends[middle] <= t:
            low = middle + 1
        else:
            high = middle
    return low


@rule
def is_open(starts: Floats, ends: Floats, t: float) -> bool:
    """Whether the desk is open at t: an interval holds its opening instant and not its closing instant.

    Parameters
    ----------
    starts, ends
        The table of `OpenHours`.
    t
        Days since the table's origin.
    """
    i = _first_ending_after(ends, t)
    return i < len(ends) and starts[i] <= t


@rule
def next_open(starts: Floats, ends: Floats, t: float) -> float:
    """First instant from t on at which the desk is open: t itself if it is open, infinity if it never opens again.

    Parameters
    ----------
    starts, ends
        The table of `OpenHours`.
    t
        Days since the table's origin.
    """
    i = _first_ending_after(ends, t)
    return max(t, starts[i]) if i < len(ends) else np.inf


@rule
def next_change(starts: Floats, ends: Floats, t: float) -> float:
    """First instant after t at which the desk opens or closes: infinity if it never does again.

    Parameters
    ----------
    starts, ends
        The table of `OpenHours`.
    t
        Days since the table's origin.
    """
    i = _first_ending_after(ends, t)
    if i == len(ends):
        return np.inf
    return float(ends[i] if starts[i] <= t else starts[i])


@rule
def finish(starts: Floats, ends: Floats, t: float, effort: float) -> float:
    """Earliest instant at which ``effort`` of working time has passed since t; infinity if the table ends before.

    Work that just fits is finished at closing time, not next morning. No effort is finished at t, open or closed.
    Within one interval the answer is t + effort to the last bit; over a night, the remainder is carried on.

    Parameters
    ----------
    starts, ends
        The table of `OpenHours`.
    t
        Days since the table's origin.
    effort
        Days of working time (8 hours of work are a third of a day), 0 or more.
    """
    return finish_from(_first_ending_after(ends, t), starts, ends, t, effort)


@rule
def finish_from(first: int, starts: Floats, ends: Floats, t: float, effort: float) -> float:
    """`finish` for those who know already which interval is the ``first`` that ends after t."""
    if effort <= 0:
        return t
    remaining = effort
    for i in range(first, len(ends)):
        begin: float = max(t, starts[i])
        closes: float = ends[i]
        done = begin + remaining
        if done < closes - ROUNDING or (
            i == first and done <= closes
        ):  # a remainder is rounded, the whole effort isn't
            return done
        if done <= closes + ROUNDING:
            return closes
        remaining -= closes - begin
    return np.inf


@rule
def worked(starts: Floats, ends: Floats, a: float, b: float) -> float:
    """Working time between a and b, in days; 0 if b is not after a.

    Parameters
    ----------
    starts, ends
        The table of `OpenHours`.
    a, b
        Days since the table's origin.
    """
    total = 0.0
    for i in range(_first_ending_after(ends, a), len(ends)):
        if starts[i] >= b:
            break
        total += max(0.0, min(b, ends[i]) - max(a, starts[i]))
    return total
