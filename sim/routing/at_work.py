"""At work: a lead goes to somebody who is on shift, or will be soon."""

from dataclasses import dataclass

from sim.errors import require
from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState


@dataclass(frozen=True)
class AtWork(Filter):
    """Only reps who are at work within ``within`` days from now; 0 asks for a rep who is at work now."""

    within: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a negative time."""
        require(self.within >= 0, f"at work: within must be 0 or more days, got {self.within:g}")

    def allows(self, team: TeamState, lead: LeadView) -> Flags:
        """Flag the reps who are at work in time."""
        return team.available_at <= lead.now + self.within
