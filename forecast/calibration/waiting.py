"""Waiting taken out of delays: a history shows the buyer's time and the queue for a rep only together.

How long the queue was, only the simulator can say. So the calibrated funnel is run, the same estimator is applied to
its log as to the history, and lead-ins and latencies are shortened until both show the same delays (indirect inference:
Gouriéroux, Monfort and Renault 1993). What the queue can't explain stays the buyer's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecast.calibration.estimates import Estimates
from forecast.calibration.stages import answer_gaps, first_delays
from forecast.calibration.survival import kaplan_meier
from forecast.crm.openings import opening_of
from forecast.dataset import CalibrationData
from sim.distributions import Distribution, Empirical, Fixed
from sim.eventlog import EventLog
from sim.market import Stage
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec

_HALF_A_YEAR, _PART = 182.0, 2 / 3
"""The end of the history is simulated again: half a year, but no more than this part of it."""
_ROUNDS = 4
_SEED = 20_11


@dataclass(frozen=True, slots=True)
class Delays:
    """Mean days before a stage's first touch, and after each touch; NaN where there are no touches."""

    first: float
    gap: float


def without_waiting(
    spec: FunnelSpec, data: CalibrationData, fit: Callable[[Opening], Opening], notes: Estimates
) -> FunnelSpec:
    """Return the funnel with lead-ins and latencies shortened by the waiting that the simulation shows.

    The end of the history is simulated, so that both have the same season, holidays, leave and bursts of leads; ``fit``
    puts what was open at its beginning in the funnel's terms.
    """
    if not len(data.touches_everywhere):
        return spec
    days = min(_HALF_A_YEAR, _PART * data.days)
    begin = data.as_of - days
    then = data.log.instant(begin)
    opening = fit(opening_of(data.log.until(begin), then, begin))
    seen = delays(replace(data, since=begin))
    gaps = {name: whole.gap for name, whole in delays(data).items()}
    found = spec
    for _ in range(_ROUNDS):
        shown = delays(_as_history(simulate(found, opening, days=days, seed=_SEED), days))
        stages = [
            _shortened(first, now, seen.get(first.name), shown.get(first.name), gaps[first.name])
            for first, now in zip(spec.market.stages, found.market.stages, strict=True)
        ]
        found = replace(spec, market=replace(spec.market, stages=tuple(stages)))
    for stage in found.market.stages:
        for what, value in (("lead_in", stage.lead_in), ("latency", stage.latency)):
            notes.note(f"stage {stage.name!r}", f"{what} without waiting", value.mean, how="indirect inference")
    return found


def delays(data: CalibrationData) -> Mapping[str, Delays]:
    """Return the mean delays of each stage in a history (Kaplan-Meier, so open ones count as far as they have come)."""
    names, touches, found = data.log.vocabulary["stage"], data.touches_everywhere, {}
    for code in np.unique(data.visits["stage"]).tolist():
        visits = data.visits[data.visits["stage"] == code]
        its = touches[touches["visit"].isin(visits["visit"])]
        first = gap = float("nan")
        if len(its):
            first = kaplan_meier(*first_delays(visits)).mean
            gaps = answer_gaps(its, visits)
            gap = kaplan_meier(gaps["gap"].to_numpy(), gaps["ended"].to_numpy()).mean
        found[names[code]] = Delays(first, gap)
    return found


def _as_history(log: EventLog, days: float) -> CalibrationData:
    """Return what a CRM would have recorded of a simulated run."""
    return CalibrationData.of(log, log.instant(days), since=log.origin)


def _shortened(first: Stage, now: Stage, seen: Delays | None, shown: Delays | None, gap: float) -> Stage:
    """Return the stage as first estimated, its delays cut so that queue and delay come to what was ``seen``.

    ``gap`` is the mean delay after a touch in the whole history, which the first estimate of the latencies came from.
    """
    if seen is None or shown is None or np.isnan(seen.gap) or np.isnan(shown.gap):
        return now
    lead_in = scaled(first.lead_in, _part(seen.first - (shown.first - now.lead_in.mean), first.lead_in.mean))
    part = _part(seen.gap - (shown.gap - gap * _ratio(now.latency, first.latency)), gap)
    changes: dict[str, Any] = {"lead_in": lead_in, "latency": scaled(first.latency, part)}
    if first.lost_latency is not None:
        changes["lost_latency"] = scaled(first.lost_latency, part)
    return replace(now, **changes)


def _ratio(now: Distribution, first: Distribution) -> float:
    return now.mean / first.mean if first.mean > 0 else 1.0


def _part(left: float, whole: float) -> float:
    """Return the part of a delay that is ``left``, in [0, 1]."""
    return min(1.0, max(0.0, left / whole)) if whole > 0 else 0.0


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return an empirical or fixed distribution with every value multiplied by ``factor``."""
    if isinstance(distribution, Empirical) and factor > 0:
        return Empirical(tuple(value * factor for value in distribution.quantiles))
    return Fixed(distribution.mean * factor)
