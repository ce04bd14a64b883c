"""Weighted round robin: turns in proportion to weights, spread evenly.

Each lead is worth one credit, shared among the reps who could have had it in proportion to their weights; the rep who
has saved most gets the lead and pays one (smooth weighted round robin, as in the nginx load balancer). Nobody earns
while away, so an absence is never followed by a flood.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def shares(weight: Floats, candidates: Flags) -> Floats:
    """Return each candidate's share of one credit: shape (reps,). Where all weights are zero, the shares are equal."""
    total, number = 0.0, 0
    for i in range(len(weight)):
        if candidates[i]:
            total += weight[i]
            number += 1
    share = np.zeros(len(weight))
    for i in range(len(weight)):
        if candidates[i]:
            share[i] = weight[i] / total if total > 0.0 else 1.0 / number
    return share


@rule
def most_saved(credit: Floats, weight: Floats) -> Floats:
    """Return minus the credit saved, with reps of weight zero last: shape (reps,)."""
    keys = np.empty(len(credit))
    for i in range(len(credit)):
        keys[i] = -credit[i] - weight[i] / 1e9 if weight[i] > 0.0 else 1e18
    return keys


@rule
def settle(credit: Floats, weight: Floats, candidates: Flags, chosen: int, price: float) -> None:
    """Let the candidates earn their shares of ``price`` and the chosen one pay it; changes ``credit``."""
    share = shares(weight, candidates)
    for i in range(len(credit)):
        credit[i] += price * share[i]
    credit[chosen] -= price


@dataclass(frozen=True)
class WeightedRoundRobin(Ranking):
    """Turns in proportion to the reps' weights; a rep of weight zero gets a lead only when nobody else may."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset(
        {Guarantee.EXCHANGEABLE, Guarantee.PROPORTIONAL, Guarantee.HEALS}
    )

    def keys(self, team: TeamState, lead: LeadView, candidates: Flags) -> Floats:
        """Rank by what each will have saved once this lead's credit is shared out."""
        return most_saved(team.credit + shares(team.weight, candidates), team.weight)

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        """Share out the lead's credit and let the chosen rep pay."""
        settle(team.credit, team.weight, candidates, chosen, 1.0)
