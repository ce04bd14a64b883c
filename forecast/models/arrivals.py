"""Arrivals: leads by week and channel.

    leads ~ NegativeBinomial(mean, dispersion),  log mean = level + channel + walk of the weeks + month

The walk is common to all channels: what moves one week's leads (a campaign, a holiday, the economy) moves them
together, and it goes on into the future. Months have effects of their own from a year and a half of history on.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast.grouped import Grouped
from forecast.laplace import Design, Spread, Term, walk_basis, zero_sum_basis
from forecast.priors import Priors
from sim.eventlog import Floats

if TYPE_CHECKING:
    import pymc as pm
    from pytensor.tensor.variable import TensorVariable

CHANNEL, WEEK, MONTH = "channel", "week", "month"
_WEEKS_FOR_SEASON = 78
_MOST_WEEKS = 156
"""Older weeks tell nothing of the next quarter."""


@dataclass(frozen=True)
class Arrivals:
    """The design, leads by week and channel (week by week), and the prior of the dispersion."""

    design: Design
    counts: Floats
    dispersion: Spread


def arrivals(grouped: Grouped, priors: Priors) -> Arrivals:
    """Return the counts of the channels that brought leads, as a design."""
    table, months = grouped.arrivals[-_MOST_WEEKS:], grouped.months()[-_MOST_WEEKS:]
    weeks, channels = table.shape
    week, channel = (axis.ravel() for axis in np.indices(table.shape))
    seen = table.sum(axis=0) > 0
    keep = seen[channel]
    families = [Term(CHANNEL, zero_sum_basis(channels), Spread(priors["channel_spread"].spread))]
    codes = [channel[keep]]
    if weeks > 1:
        families.append(Term(WEEK, walk_basis(weeks), Spread(priors["drift_spread"].spread)))
        codes.append(week[keep])
    if weeks >= _WEEKS_FOR_SEASON:
        families.append(Term(MONTH, zero_sum_basis(12), Spread(priors["season_spread"].spread)))
        codes.append(months[week[keep]])
    level = priors["arrival_level"]
    design = Design(tuple(families), codes, (level.value, level.spread))
    return Arrivals(design, table.ravel()[keep], Spread(priors["dispersion"].spread))


def build(model_of: Arrivals) -> "pm.Model":
    """Build the model. Variables: ``level``, ``dispersion``, and ``spread_*`` and ``effect_*`` for each term."""
    import pymc as pm  # noqa: PLC0415 - loading it takes seconds, and the fast fit does without
    import pytensor.tensor as pt  # noqa: PLC0415 - as above

    design = model_of.design
    with pm.Model() as model:
        index, counts = pm.Data("index", design.index[:, 1:]), pm.Data("counts", model_of.counts)
        level = pm.Normal("level", design.level[0], design.level[1])
        dispersion = pm.HalfNormal("dispersion", model_of.dispersion.scale)
        everything = pt.concatenate([pt.zeros(1), *(_effect(term) for term in design.terms)])
        mean = pt.exp(level + everything[index].sum(axis=1))
        pm.NegativeBinomial("leads", mu=mean, alpha=1 / dispersion, observed=counts)
    return model


def _effect(term: Term) -> "TensorVariable":
    import pymc as pm  # noqa: PLC0415 - as above
    import pytensor.tensor as pt  # noqa: PLC0415 - as above

    spread = pm.HalfNormal(f"spread_{term.name}", term.spread.scale)
    raw = pm.Normal(f"raw_{term.name}", 0, 1, shape=term.basis.shape[1])
    return pm.Deterministic(f"effect_{term.name}", pt.dot(term.basis, raw * spread))
