"""Daily cap: nobody gets more than so many leads a day."""

from dataclasses import dataclass

import numpy as np

from sim.errors import require
from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState


@dataclass(frozen=True)
class DailyCap(Filter):
    """Only reps who were given fewer than ``most`` leads in the day; days begin at the hour of the run's start."""

    most: int

    def __post_init__(self) -> None:
        """Refuse a cap that lets nothing through."""
        require(self.most >= 1, f"daily cap: most must be 1 or more, got {self.most}")

    def allows(self, team: TeamState, lead: LeadView) -> Flags:
        """Flag the reps below the cap."""
        if int(lead.now // 1) != team.today:
            return np.ones(len(team.names), np.bool_)
        return team.assigned_today < self.most
