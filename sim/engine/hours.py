"""The hours of a whole team in one table, so that one look tells who is at work and who is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.calendar import OpenHours, is_open, next_open
from sim.jit import rule
from sim.routing.state import Floats, TeamState, Whole


@rule
def next_openings(starts: Floats, ends: Floats, bounds: Whole, now: float, result: Floats) -> None:
    """Write into ``result`` when each rep is next at work.

    Rep i has the intervals from ``bounds[i]`` to ``bounds[i + 1]``.
    """
    for i in range(len(result)):
        result[i] = next_open(starts[bounds[i] : bounds[i + 1]], ends[bounds[i] : bounds[i + 1]], now)


@dataclass(frozen=True, slots=True)
class TeamHours:
    """Open hours and absences of every rep of a team, laid end to end."""

    starts: Floats
    ends: Floats
    bounds: Whole
    leave: tuple[OpenHours, ...]
    openings: Floats
    """When anybody's shift begins, in order."""

    @classmethod
    def of(cls, hours: Sequence[OpenHours], leave: Sequence[OpenHours]) -> Self:
        """Lay the reps' tables end to end."""
        bounds = np.cumsum([0, *(len(one.starts) for one in hours)])
        starts = np.concatenate([one.starts for one in hours])
        ends = np.concatenate([one.ends for one in hours])
        return cls(starts, ends, bounds.astype(np.int64), tuple(leave), np.unique(starts))

    def next_opening(self, now: float) -> float:
        """Return when the next shift begins after now, whoever's it is: infinity if there is none."""
        i = int(np.searchsorted(self.openings, now, side="right"))
        return float(self.openings[i]) if i < len(self.openings) else float("inf")

    def refresh(self, state: TeamState, now: float) -> None:
        """Bring ``state`` up to date: who is at work when, and who is on leave."""
        next_openings(self.starts, self.ends, self.bounds, now, state.available_at)
        for i, away in enumerate(self.leave):
            state.away[i] = len(away.starts) > 0 and is_open(away.starts, away.ends, now)
