"""By index: whoever has the most points for a lead is next; points are features of rep and lead, each with its weight.

An index policy puts what a good dispatcher looks at (who has room, who is quick, who wins such deals, who is at work)
into one number. Each feature is made comparable, so that a weight says how much it counts beside the others, and one
weight alone is a policy that has a name: ``load`` is least open, ``turn`` round robin, ``speed`` fastest first,
``owner`` account owner. What is in between can be searched for (`scenarios.learning`).
"""

from dataclasses import astuple, dataclass, fields
from math import isfinite
from typing import ClassVar

import numpy as np

from sim.errors import require
from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole

(LOAD, TODO, SPEED, SKILL, SOON, TURN, OWNER, VALUE_SKILL, VALUE_TODO) = range(9)
"""Places of the weights: the order of the fields of `ByIndex`."""


@rule
def mean_of(column: Floats | Whole, candidates: Flags) -> float:
    """Return the candidates' mean of a column, 0 where there is nobody: shapes (reps,)."""
    total, number = 0.0, 0
    for i in range(len(column)):
        if candidates[i]:
            total += column[i]
            number += 1
    return total / number if number > 0 else 0.0


@rule
def worth_of(value: float, seen: Floats) -> float:
    """Return what a lead is worth beside those that the team has had: from -1 for nothing through 0 for the mean to 1.

    ``seen`` is their number and the sum of their expected values.
    """
    usual = seen[1] / seen[0] if seen[0] > 0.0 else value
    return 2.0 * value / (value + usual) - 1.0 if value + usual > 0.0 else 0.0


@rule
def note_worth(seen: Floats, value: float) -> None:
    """Count a lead's expected value in."""
    seen[0] += 1.0
    seen[1] += value


@rule
def weigh(  # noqa: PLR0913, PLR0917 - one column a feature
    weights: Floats,
    open_deals: Whole,
    todo: Whole,
    speed: Floats,
    odds: Floats,
    stage: int,
    product: int,
    last_turn: Whole,
    available_at: Floats,
    now: float,
    owner: int,
    worth: float,
    candidates: Flags,
    keys: Floats,
) -> None:
    """Write minus each rep's points, so that the most points are lowest: shapes (reps,).

    ``odds`` has the shape (reps, stages, products and one more), the last one being for a ``product`` of -1, which
    nobody knows.
    """
    reps, newest = len(keys), last_turn.max()
    for_load = weights[LOAD] / (1.0 + mean_of(open_deals, candidates))
    for_todo = (weights[TODO] + weights[VALUE_TODO] * worth) / (1.0 + mean_of(todo, candidates))
    for_speed = weights[SPEED] / max(mean_of(speed, candidates), 1e-9)
    for_skill = weights[SKILL] + weights[VALUE_SKILL] * worth
    for i in range(reps):
        points = for_speed * speed[i] + for_skill * odds[i, stage, product]
        points -= for_load * open_deals[i] + for_todo * todo[i]
        if weights[SOON] != 0.0:  # else nobody keeps the column up to date
            points += weights[SOON] / (1.0 + available_at[i] - now)
        waited = newest - last_turn[i]
        points += weights[TURN] * waited / (waited + reps)
        if i == owner:
            points += weights[OWNER]
        keys[i] = -points


@dataclass(frozen=True)
class ByIndex(Ranking):
    """The most points first; the fields are the weights.

    Attributes
    ----------
    load
        Of open deals, the fewer the better, in units of one more than the candidates' mean.
    todo
        Of tasks that wait for the rep or are at work, likewise.
    speed
        Of speed, in units of the candidates' mean.
    skill
        Of what the rep adds to the deal's log odds: skill at its stage, and a specialist's match with its product.
        What was learned in training since isn't on record, and doesn't count.
    soon
        Of being at work soon: 1 for who is there, ½ for who comes in a day.
    turn
        Of how many of the team's leads ago the rep had one, from 0 for the very last towards 1.
    owner
        Of being the one who last owned a deal of the lead's account.
    value_skill, value_todo
        As ``skill`` and ``todo``, times what the lead is worth (`worth_of`): they count for valuable leads, and the
        other way round for poor ones.
    """

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE})

    load: float = 0.0
    todo: float = 0.0
    speed: float = 0.0
    skill: float = 0.0
    soon: float = 0.0
    turn: float = 0.0
    owner: float = 0.0
    value_skill: float = 0.0
    value_todo: float = 0.0

    def __post_init__(self) -> None:
        """Refuse weights that are no numbers, and an index that weighs nothing."""
        for name, weight in self.weights.items():
            require(isfinite(weight), f"index: {name} must be a finite number, got {weight}")
        weighty = any(self.weights.values())
        require(weighty, "index: no weight differs from 0, so it can't choose; give one or more, such as load 1")

    def __str__(self) -> str:
        """Return the policy as it is asked for, such as ``index load 1 skill 2``."""
        return " ".join(("index", *(f"{name} {weight:g}" for name, weight in self.weights.items() if weight)))

    @property
    def weights(self) -> dict[str, float]:
        """The weights by name, those of 0 too."""
        return dict(zip(NAMES, astuple(self), strict=True))

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by points."""
        weigh(
            np.array(astuple(self), np.float64),
            team.open_deals,
            team.todo,
            team.speed,
            team.odds,
            lead.stage,
            lead.product,
            team.last_turn,
            team.available_at,
            lead.now,
            lead.owner,
            worth_of(lead.value, team.worth_seen),
            candidates,
            keys,
        )

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        """Note what the lead is worth."""
        note_worth(team.worth_seen, lead.value)


NAMES = tuple(part.name for part in fields(ByIndex))
"""The features, in the order of their weights."""
