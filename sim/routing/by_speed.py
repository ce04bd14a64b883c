"""By speed: the fastest eligible rep first, or the slowest, to see what that costs."""

from dataclasses import dataclass

from sim.jit import rule
from sim.routing.policy import Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def fastest(speed: Floats, sign: float) -> Floats:
    """Return minus (or, with sign -1, plus) each rep's speed: shape (reps,)."""
    return -sign * speed


@dataclass(frozen=True)
class BySpeed(Ranking):
    """The fastest first; ``slowest`` turns it round."""

    slowest: bool = False

    def keys(self, team: TeamState, lead: LeadView, candidates: Flags) -> Floats:
        """Rank by speed."""
        return fastest(team.speed, -1.0 if self.slowest else 1.0)
