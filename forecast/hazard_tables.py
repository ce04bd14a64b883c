"""Hazard tables: a posterior laid out for walking, with the luck that is still to come."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.fiscal import position
from forecast.grouped import Grouped
from forecast.grouped.grid import Ints, part_of_period
from forecast.models.transitions import AGE, IN_TIME, KINDS, POSITION, SHOCK, TREND
from forecast.posterior import Posterior
from forecast.walk import Hazard, Places
from sim.eventlog import Floats


@dataclass(frozen=True)
class Tables:
    """The hazards of a forecast, and where each name's effects stand in them.

    ``places`` is the name of an effect → places of its levels in `Hazard.effects`, shape (levels of the data,).
    """

    hazard: Hazard
    places: Mapping[str, Ints]

    def effects_of(self, codes: Mapping[str, Ints], n: int) -> Places:
        """Return the places of ``n`` deals' effects by stage, shape (deals, stages, names).

        ``codes`` has each name's codes, shape (deals,), or (deals, stages) where they change on the way.
        """
        found = np.empty((n, self.hazard.age.shape[2], len(self.places)), np.int32)
        for column, (name, place) in enumerate(self.places.items()):
            of_name = place[codes[name]]
            found[:, :, column] = of_name if of_name.ndim > 1 else of_name[:, None]
        return found


def tables(posterior: Posterior, grouped: Grouped, horizon: float, rng: np.random.Generator) -> Tables:
    """Lay out a posterior for ``horizon`` days from the as-of date.

    A name that the posterior doesn't know (a channel that began after the fit) gets an effect drawn from the spread of
    the names that it knows; the walk of the common shocks goes on from the
    last one that is known.
    """
    steps = int(np.ceil(horizon / grouped.grid.step))
    age = np.stack([posterior[f"{kind}_level"][..., None] + posterior[f"{kind}_{AGE}"] for kind in KINDS], axis=1)
    effects, places = _effects(posterior, grouped, rng)
    hazard = Hazard(
        age=np.ascontiguousarray(age),
        time=_by_time(posterior, grouped, steps, rng),
        effects=effects,
        destination=np.cumsum(posterior["destination"], axis=2),
        bucket=grouped.grid.bucket(np.arange(grouped.grid.edges[-1] + 1)),
        moment=grouped.hazards.moment,
    )
    return Tables(hazard, places)


def _spread(posterior: Posterior, kind: str, term: str) -> Floats:
    return posterior[f"{kind}_spread"][:, :, posterior.terms.index(term)]


def _effects(posterior: Posterior, grouped: Grouped, rng: np.random.Generator) -> tuple[Floats, Mapping[str, Ints]]:
    shape = (posterior.draws, len(KINDS), len(posterior.names("stage")))
    columns, places, width = [], {}, 0
    for name in posterior.terms:
        if name in IN_TIME:
            continue
        known = posterior.names(name)
        fresh = rng.standard_normal(shape) * np.stack([_spread(posterior, kind, name) for kind in KINDS], axis=1)
        its = np.stack([posterior[f"{kind}_{name}"] for kind in KINDS], axis=1)
        columns += [its, fresh[..., None]]
        levels = grouped.dimensions[name]
        places[name] = width + np.array(
            [known.index(level) if level in known else len(known) for level in levels], np.int64
        )
        width += len(known) + 1
    return (np.concatenate(columns, axis=3) if columns else np.zeros((*shape, 0))), places


def _by_time(posterior: Posterior, grouped: Grouped, steps: int, rng: np.random.Generator) -> Floats:
    """Return shocks and parts of the period for each step ahead: shape (draws, 2, stages, steps)."""
    grid = grouped.grid
    middle = grouped.clock.calendar_of(np.asarray(grouped.at + grid.step * (np.arange(steps) + 0.5))) - grouped.at
    reported, lucky = (
        calendar.bounds(grouped.as_of, 0.0, float(middle[-1])) for calendar in (grid.calendar, grid.shocks)
    )
    part = part_of_period(position(middle, reported)[1])
    period = position(middle, lucky)[0].astype(np.int64)
    here = posterior.provenance.get("as_of") == grouped.as_of.isoformat()
    found = []
    for kind in KINDS:
        spread = _spread(posterior, kind, SHOCK)[..., None]
        shocks = spread * rng.standard_normal((*spread.shape[:2], len(lucky) - 1))
        walk = _spread(posterior, kind, TREND)[..., None] * rng.standard_normal(shocks.shape)
        if here:
            shocks[..., 0], walk[..., 0] = posterior[f"{kind}_{SHOCK}"][..., -1], 0.0
        shocks += posterior[f"{kind}_{TREND}"][..., -1:] + np.cumsum(walk, axis=2)
        found.append(shocks[..., period] + posterior[f"{kind}_{POSITION}"][..., part])
    return np.ascontiguousarray(np.stack(found, axis=1))
