"""By score tier: the best leads go to the most senior reps, whose time is scarce."""

from dataclasses import dataclass

from sim.jit import rule
from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState, Whole
from sim.workforce import SENIOR


@rule
def forbid_other_ranks(
    seniority: Whole,
    tier: int,
    best_tiers: int,
    senior: int,
    exclusive: bool,
    allowed: Flags,
) -> None:
    """Take juniors out for a lead of a best tier and, if ``exclusive``, seniors for any other: shapes (reps,)."""
    best = tier < best_tiers
    if best or exclusive:
        for i in range(len(allowed)):
            allowed[i] = allowed[i] and (seniority[i] >= senior) == best


@dataclass(frozen=True)
class ByTier(Filter):
    """The best ``tiers`` tiers go to reps of at least ``seniority``.

    ``exclusive`` keeps the other tiers away from them.
    """

    tiers: int = 1
    seniority: int = SENIOR
    exclusive: bool = False

    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        """Keep the senior reps for a lead of a best tier, and all (or the others) for any other lead."""
        forbid_other_ranks(team.seniority, lead.tier, self.tiers, self.seniority, self.exclusive, allowed)
