"""By speed: the fastest eligible rep first, or the slowest, to see what that costs."""

from dataclasses import dataclass

from sim.jit import rule
from sim.routing.policy import Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def fastest(speed: Floats, sign: float, keys: Floats) -> None:
    """Write minus (or, with sign -1, plus) each rep's speed: shapes (reps,)."""
    for i in range(len(keys)):
        keys[i] = -sign * speed[i]


@dataclass(frozen=True)
class BySpeed(Ranking):
    """The fastest first; ``slowest`` turns it round."""

    slowest: bool = False

    @property
    def sign(self) -> float:
        """1 for the fastest first, -1 for the slowest."""
        return -1.0 if self.slowest else 1.0

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by speed."""
        fastest(team.speed, self.sign, keys)
