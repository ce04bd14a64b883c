"""The hours of a whole team, so that one look tells who is at work, who is away and who has how much to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from sim.calendar import OpenHours, is_open
from sim.routing.state import Floats, TeamState
from sim.workforce import is_absent, next_at_work

if TYPE_CHECKING:
    from sim.engine.people import Worker


@dataclass(frozen=True, slots=True)
class TeamHours:
    """Open hours and absences of every rep of a team."""

    hours: tuple[OpenHours, ...]
    leave: tuple[OpenHours, ...]
    openings: Floats
    """When anybody's shift begins, in order."""

    @classmethod
    def of(cls, hours: Sequence[OpenHours], leave: Sequence[OpenHours]) -> Self:
        """Put the reps' tables together."""
        return cls(tuple(hours), tuple(leave), np.unique(np.concatenate([one.starts for one in hours])))

    def next_opening(self, now: float) -> float:
        """Return when the next shift begins after now, whoever's it is: infinity if there is none."""
        i = int(np.searchsorted(self.openings, now, side="right"))
        return float(self.openings[i]) if i < len(self.openings) else float("inf")

    def refresh(self, state: TeamState, workers: Sequence["Worker"], now: float) -> None:
        """Bring ``state`` up to date: who is at work when, who is away, and who has how much to do."""
        for i, (hours, leave, worker) in enumerate(zip(self.hours, self.leave, workers, strict=True)):
            joins, leaves = worker.position.joins, worker.position.leaves
            state.available_at[i] = next_at_work(hours.starts, hours.ends, now, joins, leaves)
            on_leave = len(leave.starts) > 0 and is_open(leave.starts, leave.ends, now)
            state.away[i] = on_leave or is_absent(now, joins, leaves)
            state.todo[i] = worker.tasks
