"""By score tier: the best leads go to the most senior reps, whose time is scarce."""

from dataclasses import dataclass

import numpy as np

from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState
from sim.workforce import SENIOR


@dataclass(frozen=True)
class ByTier(Filter):
    """The best ``tiers`` tiers go to reps of at least ``seniority``.

    ``exclusive`` keeps the other tiers away from them.
    """

    tiers: int = 1
    seniority: int = SENIOR
    exclusive: bool = False

    def allows(self, team: TeamState, lead: LeadView) -> Flags:
        """Flag the senior reps for a lead of a best tier, and all (or the others) for any other lead."""
        senior = team.seniority >= self.seniority
        if lead.tier < self.tiers:
            return senior
        return ~senior if self.exclusive else np.ones(len(team.names), np.bool_)
