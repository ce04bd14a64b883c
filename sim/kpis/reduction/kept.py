"""Records that rules add to as they go: an array that grows between chunks, never inside one."""

import numpy as np
import numpy.typing as npt

from sim.jit import rule

type Records = npt.NDArray[np.void]
type Whole = npt.NDArray[np.int64]

END = -1
"""The place after the last record of a chain."""

USED, FREE = 0, 1
"""Where a tally holds how many places have ever been used, and the first one that was given back."""


def new_tally() -> Whole:
    """Return the tally of records of which none is used yet."""
    return np.array([0, END], np.int64)


def with_room(records: Records, tally: Whole, more: int) -> Records:
    """Return the records, with room for ``more`` of them beside those used."""
    needed = int(tally[USED]) + more
    if needed <= len(records):
        return records
    grown = np.empty(max(needed, 2 * len(records)), records.dtype)
    grown[: tally[USED]] = records[: tally[USED]]
    return grown


@rule
def next_place(tally: Whole) -> int:
    """Return the next place that was never used."""
    tally[USED] += 1
    return int(tally[USED] - 1)


@rule
def take_place(records: Records, tally: Whole) -> int:
    """Return a place among the records: one that was given back, or else the next one never used."""
    place = tally[FREE]
    if place == END:
        return next_place(tally)
    tally[FREE] = records[place]["next"]
    return int(place)


@rule
def give_back(records: Records, tally: Whole, place: int) -> None:
    """Give back a place."""
    records[place]["next"] = tally[FREE]
    tally[FREE] = place
