"""Daily cap: nobody gets more than so many leads a day."""

from dataclasses import dataclass

from sim.errors import require
from sim.jit import rule
from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState, Whole


@rule
def forbid_full_days(assigned_today: Whole, most: int, allowed: Flags) -> None:
    """Take out those who were given ``most`` leads today: shapes (reps,)."""
    for i in range(len(allowed)):
        allowed[i] = allowed[i] and assigned_today[i] < most


@dataclass(frozen=True)
class DailyCap(Filter):
    """Only reps who were given fewer than ``most`` leads in the day; days begin at the hour of the run's start."""

    most: int

    def __post_init__(self) -> None:
        """Refuse a cap that lets nothing through."""
        require(self.most >= 1, f"daily cap: most must be 1 or more, got {self.most}")

    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        """Keep the reps below the cap."""
        if int(lead.now // 1) == team.today:
            forbid_full_days(team.assigned_today, self.most, allowed)
