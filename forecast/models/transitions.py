"""Transitions: deals that stand in a stage for a step stay, go on, or are lost.

    exits    ~ Binomial(at risk, p),  logit p = level + age + shock + trend + position + effects
    advances ~ Binomial(exits, q),    logit q likewise

This is the exact factorisation of competing discrete-time hazards. Ages are a random walk. Each period has a shock of
its own that is common to all deals, and their trend is a random walk too: part of what slows a quarter's deals is felt
in the next one. The effects of names are pulled together as far as the data let them (partial pooling). Each stage has
two such blocks; the counts tie them together by nothing, so they are fitted one by one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast.fiscal import LENGTHS
from forecast.grouped import Grouped
from forecast.grouped.grid import POSITIONS
from forecast.laplace import Design, Spread, Term, binomial, frame, walk_basis, zero_sum_basis
from forecast.priors import Priors
from sim.eventlog import Floats

if TYPE_CHECKING:
    import pymc as pm
    from pytensor.tensor.variable import TensorVariable

AGE, SHOCK, TREND, POSITION = "age", "shock", "trend", "position"
IN_TIME = (AGE, SHOCK, TREND, POSITION)
"""Families that every funnel has; all others are names."""
KINDS = ("exit", "advance")


@dataclass(frozen=True)
class Block:
    """One stage's exits, or the advances among them: the design, and counts of its cells."""

    kind: str
    stage: str
    design: Design
    events: Floats
    at_risk: Floats


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


def given(block: Block) -> dict[str, Any]:
    """Return what `build` takes from a block; another block of the same terms can be put in its place."""
    design = block.design
    return {
        "index": design.index,
        "events": block.events,
        "at_risk": block.at_risk,
        "level_mean": design.level[0],
        "level_sd": design.level[1],
        **asdict(frame(design, binomial(block.events, block.at_risk))),
    }


def build(block: Block) -> "pm.Model":
    """Build a block's model; what it takes from the block is data, so that another one needs no new model.

    It is sampled in the block's frame (`forecast.laplace.Frame`): raw variables are flat, and the priors are put on
    what they make. Variables: ``level``, ``spread_*`` and ``effect_*`` for each term.
    """
    import pymc as pm  # noqa: PLC0415 - loading it takes seconds, and the fast fit does without
    import pytensor.tensor as pt  # noqa: PLC0415 - as above

    design = block.design
    with pm.Model() as model:
        data = {name: pm.Data(name, value) for name, value in given(block).items()}
        log_spread = data["centre"] + pt.dot(data["root"], pm.Flat("raw_spread", shape=len(design.terms)))
        scales = np.array([term.spread.scale for term in design.terms])
        pm.Potential("spreads", (log_spread - 0.5 * (pt.exp(log_spread) / scales) ** 2).sum())
        effects = pt.dot(design.basis, _dimensions(design, data, log_spread))
        eta = effects[data["index"]].sum(axis=1)
        # without the constants and the checks of pm.Binomial a gradient takes a quarter of the time
        pm.Potential("likelihood", (data["events"] * eta - data["at_risk"] * pt.softplus(eta)).sum())
        _name(design, pt.exp(log_spread), effects)
    return model


def _dimensions(design: Design, data: "Mapping[str, TensorVariable]", log_spread: "TensorVariable") -> "TensorVariable":
    """Return the design's dimensions, normal with their terms' spreads, the level with its own."""
    import pymc as pm  # noqa: PLC0415 - as above
    import pytensor.tensor as pt  # noqa: PLC0415 - as above

    each = pt.concatenate([pt.exp(-2 * log_spread), data["level_sd"][None] ** -2.0])
    precision = each[design.owner]
    variance = 1 / (data["information"] + precision)
    raw = pm.Flat("raw_dimensions", shape=len(design.owner))
    across = pt.eye(len(design.owner)) + variance[:, None] * data["across"]
    alone = variance * data["pull"] + pt.sqrt(variance) * raw
    values = pt.dot(data["axes"], pt.linalg.solve_triangular(across, alone, unit_diagonal=True))
    away = values - data["level_mean"] * (design.owner == -1)
    # the first logarithm is the Jacobian of the axes, the rest are the priors
    pm.Potential("dimensions", 0.5 * (pt.log(variance) + pt.log(precision) - precision * away**2).sum())
    return values


def _name(design: Design, spread: "TensorVariable", effects: "TensorVariable") -> None:
    """Give level, spreads and effects the names that a fit reads them by."""
    import pymc as pm  # noqa: PLC0415 - as above

    pm.Deterministic("level", effects[0])
    ends = np.cumsum([1, *(term.levels for term in design.terms)])
    for place, term in enumerate(design.terms):
        pm.Deterministic(f"spread_{term.name}", spread[place])
        pm.Deterministic(f"effect_{term.name}", effects[ends[place] : ends[place + 1]])
