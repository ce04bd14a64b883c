"""Transitions: deals that stand in a stage for a step stay, go on, or are lost.

    exits    ~ Binomial(at risk, p),  logit p = level + age + shock + trend + position + effects
    advances ~ Binomial(exits, q),    logit q likewise

This is the exact factorisation of competing discrete-time hazards. Ages are a random walk. Each period has a shock of
its own that is common to all deals, and their trend is a random walk too: part of what slows a quarter's deals is felt
in the next one. The effects of names are pulled together as far as the data let them (partial pooling). Each stage has
two such blocks; the counts tie them together by nothing, so they are fitted one by one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast.fiscal import LENGTHS
from forecast.grouped import Grouped
from forecast.grouped.grid import POSITIONS
from forecast.laplace import Design, Spread, Term, walk_basis, zero_sum_basis
from forecast.priors import Priors
from sim.eventlog import Floats

if TYPE_CHECKING:
    import pymc as pm
    from pytensor.tensor.variable import TensorVariable

AGE, SHOCK, TREND, POSITION = "age", "shock", "trend", "position"
IN_TIME = (AGE, SHOCK, TREND, POSITION)
"""Families that every funnel has; all others are names."""
KINDS = ("exit", "advance")
_HEAVY, _MANY = 30.0, 12
"""Ages, and names of more levels than the second, are sampled as they are where each level has more events than the
first; all others relative to their spread, which may be near 0."""


@dataclass(frozen=True)
class Block:
    """One stage's exits, or the advances among them: the design, and counts of its cells."""

    kind: str
    stage: str
    design: Design
    events: Floats
    at_risk: Floats

    @property
    def heavy(self) -> bool:
        """Whether the data say more of most effects than their spread does."""
        levels = max((term.levels for term in self.design.terms), default=1)
        return bool(min(self.events.sum(), (self.at_risk - self.events).sum()) / levels >= _HEAVY)


def blocks(grouped: Grouped, priors: Priors) -> tuple[Block, ...]:
    """Return the exits and advances of every stage, stage by stage."""
    return tuple(_block(grouped, priors, kind, stage) for stage in range(len(grouped.stages)) for kind in KINDS)


def terms(grouped: Grouped, priors: Priors) -> tuple[Term, ...]:
    """Return the families of effects: ages, shocks, parts of the fiscal period, and names."""
    effect, grid = Spread(priors["effect_spread"].spread), grouped.grid
    position = Spread(priors["position_spread"].spread)
    shock, periods = priors["shock_spread"].spread, len(grouped.shocks) - 1
    shorter = float(np.sqrt(LENGTHS[grid.shocks.unit] / LENGTHS["quarter"]))
    return (
        Term(AGE, walk_basis(len(grid.edges)), Spread(priors["age_spread"].spread)),
        Term(SHOCK, np.eye(periods), Spread(shock)),
        Term(TREND, walk_basis(periods), Spread(shock * shorter)),
        Term(POSITION, zero_sum_basis(len(POSITIONS)), position),
        *(Term(name, zero_sum_basis(len(levels)), effect) for name, levels in grouped.levels.items()),
    )


def _block(grouped: Grouped, priors: Priors, kind: str, stage: int) -> Block:
    counts = grouped.hazards
    events, at_risk = (counts.exits, counts.at_risk) if kind == "exit" else (counts.advances, counts.exits)
    here = (counts.columns["stage"] == stage) & (at_risk > 0)
    level = priors[f"{kind}_level"]
    # evidence is stated for a week; the odds of leaving in a shorter step are lower by about the steps in a week
    shift = np.log(grouped.grid.step / 7.0) if kind == "exit" else 0.0
    families = terms(grouped, priors)
    codes = [counts.columns[SHOCK if term.name == TREND else term.name][here] for term in families]
    design = Design(families, codes, (level.value + float(shift), level.spread))
    return Block(kind, grouped.stages[stage], design, events[here], at_risk[here])


def build(block: Block) -> "pm.Model":
    """Build a block's model; its counts and codes are data, so that another block of the same terms needs no new one.

    Variables: ``level``, ``spread_*`` and ``effect_*`` for each term.
    """
    import pymc as pm  # noqa: PLC0415 - loading it takes seconds, and the fast fit does without
    import pytensor.tensor as pt  # noqa: PLC0415 - as above

    design = block.design
    with pm.Model() as model:
        index = pm.Data("index", design.index[:, 1:])
        events, at_risk = pm.Data("events", block.events), pm.Data("at_risk", block.at_risk)
        mean, sd = pm.Data("level_mean", design.level[0]), pm.Data("level_sd", design.level[1])
        level = pm.Normal("level", mean, sd)
        effects = {term.name: _effect(term, heavy=block.heavy) for term in design.terms if term.name != SHOCK}
        shock = next((term for term in design.terms if term.name == SHOCK), None)
        if shock is not None:
            effects[SHOCK] = _shocks(shock, level + effects.get(TREND, 0.0), heavy=block.heavy)
        # one vector of all effects, in the places that the design's index names
        everything = pt.concatenate([pt.zeros(1), *(effects[term.name] for term in design.terms)])
        eta = level + everything[index].sum(axis=1)
        # without the constants and the checks of pm.Binomial a gradient takes a quarter of the time
        pm.Potential("likelihood", (events * eta - at_risk * pt.softplus(eta)).sum())
    return model


def _shocks(term: Term, around: "TensorVariable", *, heavy: bool) -> "TensorVariable":
    """Return the shocks around level and trend; heavy data tell the sum of the three, so that is what is sampled."""
    import pymc as pm  # noqa: PLC0415 - as above

    spread = pm.HalfNormal(f"spread_{term.name}", term.spread.scale)
    if heavy:
        values = pm.Normal(f"raw_{term.name}", around, spread, shape=term.levels) - around
    else:
        values = spread * pm.Normal(f"raw_{term.name}", 0, 1, shape=term.levels)
    return pm.Deterministic(f"effect_{term.name}", values)


def _effect(term: Term, *, heavy: bool) -> "TensorVariable":
    """Return a term's effects, centred where the data are heavy."""
    import pymc as pm  # noqa: PLC0415 - as above
    import pytensor.tensor as pt  # noqa: PLC0415 - as above

    spread = pm.HalfNormal(f"spread_{term.name}", term.spread.scale)
    size = term.basis.shape[1]
    if heavy and term.name == AGE:
        # heavy data tell each age, not each step between ages: sample the ages, and let the prior look at their steps
        values = pt.dot(zero_sum_basis(term.levels), pm.Flat(f"raw_{term.name}", shape=size))
        steps = values[1:] - values[:-1]
        pm.Potential(f"walk_{term.name}", -0.5 * (steps**2).sum() / spread**2 - size * pt.log(spread))
    elif heavy and term.levels > _MANY and term.name not in IN_TIME:
        values = pt.dot(term.basis, pm.Normal(f"raw_{term.name}", 0, spread, shape=size))
    else:
        values = pt.dot(term.basis, pm.Normal(f"raw_{term.name}", 0, 1, shape=size) * spread)
    return pm.Deterministic(f"effect_{term.name}", values)
