"""At work: a lead goes to somebody who is on shift, or will be soon."""

from dataclasses import dataclass

from sim.errors import require
from sim.jit import rule
from sim.routing.policy import Filter
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def forbid_late(available_at: Floats, latest: float, allowed: Flags) -> None:
    """Take out those who are next at work after ``latest`` (days since the origin): shapes (reps,)."""
    for i in range(len(allowed)):
        allowed[i] = allowed[i] and available_at[i] <= latest


@dataclass(frozen=True)
class AtWork(Filter):
    """Only reps who are at work within ``within`` days from now; 0 asks for a rep who is at work now."""

    within: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a negative time."""
        require(self.within >= 0, f"at work: within must be 0 or more days, got {self.within:g}")

    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        """Keep the reps who are at work in time."""
        forbid_late(team.available_at, lead.now + self.within, allowed)
