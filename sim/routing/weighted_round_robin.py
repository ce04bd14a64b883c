"""Weighted round robin: turns in proportion to weights, spread evenly.

Each lead is worth one credit, shared among the reps who could have had it in proportion to their weights; the rep who
has saved most gets the lead and pays one (smooth weighted round robin, as in the nginx load balancer). Nobody earns
while away, so an absence is never followed by a flood.
"""

from dataclasses import dataclass
from typing import ClassVar

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def sum_of_weights(weight: Floats, candidates: Flags) -> tuple[float, int]:
    """Return the candidates' weights added up, and how many they are."""
    total, number = 0.0, 0
    for i in range(len(weight)):
        if candidates[i]:
            total += weight[i]
            number += 1
    return total, number


@rule
def share(weight: float, total: float, number: int) -> float:
    """Return a candidate's share of one credit. Where all weights are zero, the shares are equal."""
    return weight / total if total > 0.0 else 1.0 / number


@rule
def most_saved(credit: Floats, weight: Floats, price: float, candidates: Flags, keys: Floats) -> None:
    """Write minus what each will have saved once ``price`` is shared out, with reps of weight zero last.

    Shapes (reps,).
    """
    total, number = sum_of_weights(weight, candidates)
    for i in range(len(keys)):
        saved = credit[i] + price * share(weight[i], total, number) if candidates[i] else credit[i]
        keys[i] = -saved - weight[i] / 1e9 if weight[i] > 0.0 else 1e18


@rule
def settle(credit: Floats, weight: Floats, price: float, candidates: Flags, chosen: int) -> None:
    """Let the candidates earn their shares of ``price`` and the chosen one pay it; changes ``credit``."""
    total, number = sum_of_weights(weight, candidates)
    for i in range(len(credit)):
        if candidates[i]:
            credit[i] += price * share(weight[i], total, number)
    credit[chosen] -= price


@dataclass(frozen=True)
class WeightedRoundRobin(Ranking):
    """Turns in proportion to the reps' weights; a rep of weight zero gets a lead only when nobody else may."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset(
        {Guarantee.EXCHANGEABLE, Guarantee.PROPORTIONAL, Guarantee.HEALS}
    )

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by what each will have saved once this lead's credit is shared out."""
        most_saved(team.credit, team.weight, 1.0, candidates, keys)

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        """Share out the lead's credit and let the chosen rep pay."""
        settle(team.credit, team.weight, 1.0, candidates, chosen)
