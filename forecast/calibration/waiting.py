"""Waiting taken out of delays: a history shows the buyer's time and the queue for a rep only together.

How long the queue was, only the simulator can say. So the calibrated funnel is run, the same estimator is applied to
its log as to the history, and lead-ins and latencies are shortened until both show the same delays (indirect inference:
Gouriéroux, Monfort and Renault 1993). What the queue can't explain stays the buyer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from forecast.calibration.estimates import Estimates
from forecast.calibration.stages import answer_gaps, first_delays
from forecast.calibration.survival import kaplan_meier
from forecast.dataset import CalibrationData
from sim.distributions import Distribution, Empirical, Fixed
from sim.eventlog import EventLog
from sim.market import Stage
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec

_WARM_UP, _DAYS = 14.0, 56.0
_ROUNDS = 2
_SEED = 20_11


@dataclass(frozen=True, slots=True)
class Delays:
    """Mean days before a stage's first touch, and after each touch; NaN where there are no touches."""

    first: float
    gap: float


def without_waiting(spec: FunnelSpec, data: CalibrationData, opening: Opening, notes: Estimates) -> FunnelSpec:
    """Return the funnel with lead-ins and latencies shortened by the waiting that the simulation shows."""
    if not len(data.touches_everywhere):
        return spec
    seen, found = delays(data), spec
    for _ in range(_ROUNDS):
        log = simulate(found, opening, days=_DAYS, seed=_SEED)
        shown = delays(_as_history(log))
        stages = [
            _shortened(first, now, seen[first.name], shown.get(first.name))
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


def _as_history(log: EventLog) -> CalibrationData:
    """Return what a CRM would have recorded of a simulated run after its warm-up."""
    start = log.origin + timedelta(days=_WARM_UP)
    return CalibrationData.of(log, log.origin + timedelta(days=_DAYS), since=start)


def _shortened(first: Stage, now: Stage, seen: Delays, shown: Delays | None) -> Stage:
    """Return the stage as first estimated, its delays cut so that queue and delay come to what was ``seen``."""
    if shown is None or np.isnan(seen.gap) or np.isnan(shown.gap):
        return now
    lead_in = _cut(first.lead_in, seen.first, shown.first - now.lead_in.mean)
    part = _share_left(seen.gap, shown.gap - seen.gap * _ratio(now.latency, first.latency))
    changes: dict[str, Any] = {"lead_in": lead_in, "latency": scaled(first.latency, part)}
    if first.lost_latency is not None:
        changes["lost_latency"] = scaled(first.lost_latency, part)
    return replace(now, **changes)


def _ratio(now: Distribution, first: Distribution) -> float:
    return now.mean / first.mean if first.mean > 0 else 1.0


def _cut(first: Distribution, seen: float, waiting: float) -> Distribution:
    return scaled(first, _share_left(seen, waiting))


def _share_left(seen: float, waiting: float) -> float:
    """Return the share of a delay that isn't waiting, in [0, 1]."""
    return min(1.0, max(0.0, 1.0 - waiting / seen)) if seen > 0 else 0.0


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return an empirical or fixed distribution with every value multiplied by ``factor``."""
    if isinstance(distribution, Empirical) and factor > 0:
        return Empirical(tuple(value * factor for value in distribution.quantiles))
    return Fixed(distribution.mean * factor)
