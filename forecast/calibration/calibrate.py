"""Calibrate: from a history to a funnel that can be simulated, with every number's standard error and basis."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp
from typing import Any

import numpy as np

from forecast.calibration.amounts import calibrate_amounts, calibrate_discount
from forecast.calibration.arrivals import UNKNOWN, calibrate_channels
from forecast.calibration.estimates import Estimates
from forecast.calibration.own_hours import with_own_hours
from forecast.calibration.people import people_at_work, work_hours
from forecast.calibration.stages import Fitted, calibrate_stages
from forecast.calibration.teams import calibrate_operation, with_estimates
from forecast.calibration.waiting import without_waiting
from forecast.dataset import CalibrationData
from sim.distributions import Fixed
from sim.eventlog import EventLog, Kind
from sim.market import Market, Nurture, Scoring, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import Operation
from sim.spec import FunnelSpec
from sim.units import HOUR

_CADENCE = 30.0
_HORIZON = 370
"""Days ahead for which yearly bursts of leads are laid out."""
ASSUMED_EFFORT = HOUR
"""Working time of a touch where reps are known but their touches aren't logged."""


@dataclass(frozen=True)
class Calibration:
    """A calibrated funnel and what is known about its numbers.

    ``untouched`` are the stages whose touches the history doesn't log.
    """

    spec: FunnelSpec
    estimates: Estimates
    untouched: frozenset[str]

    def fit_opening(self, opening: Opening) -> Opening:
        """Return the opening in the funnel's terms.

        Unknown names as its own "unknown", and silent stages as touched once.
        """
        return replace(opening, deals=tuple(self._fit(deal) for deal in opening.deals))

    def _fit(self, deal: OpenDeal) -> OpenDeal:
        channels = [channel.name for channel in self.spec.market.channels]
        known = {
            "channel": channels,
            **{kind: self.spec.names(f"{kind}s") for kind in ("region", "segment", "product")},
        }
        names: Any = {kind: _known_name(getattr(deal, kind), list(those)) for kind, those in known.items()}
        if deal.stage in self.untouched and deal.touches == 0:
            return replace(deal, **names, touches=1, last_touch_age=deal.stage_age)
        return replace(deal, **names)


def calibrate(
    log: EventLog,
    as_of: datetime,
    *,
    zone: str = "UTC",
    since: datetime | None = None,
    systems: Sequence[str] = (),
    operation: Operation | None = None,
) -> Calibration:
    """Estimate a funnel from a history.

    Parameters
    ----------
    log
        The history; nothing after ``as_of`` is used, nor anything a CRM can't observe.
    as_of
        End of the history, with a time zone.
    zone
        Time zone in which arrivals and working hours follow the clock.
    since
        Leads created before it don't count.
    systems
        Actors that are no persons.
    operation
        The company's own teams, calendars and rules. Without it they are read off the history, and what a history can't
        show (SLA, pool rules, experts) is left out.

    Returns
    -------
    Calibration
        The funnel, and its estimates with standard errors.

    Raises
    ------
    SpecError
        If no event lies before ``as_of``, or the operation doesn't fit the history's stages.
    """
    notes = Estimates()
    data = CalibrationData.of(log, as_of, since=since, systems=systems)
    hours = work_hours(data, zone, notes)
    if operation is not None:
        hours = with_own_hours(hours, data, operation)
    fitted = calibrate_stages(data, hours, notes)
    people = people_at_work(data, hours)
    own = operation is None
    found = calibrate_operation(data, fitted, people, hours, notes) if operation is None else operation
    if not own:
        found = with_estimates(found, {person.name: person for person in people}, fitted)
    market = _market(data, fitted, zone, notes)
    first = Calibration(FunnelSpec(market=market, operation=found), notes, fitted.untouched)
    return replace(first, spec=without_waiting(first.spec, data, first.fit_opening, notes))


def _known_name(name: str, known: list[str]) -> str:
    if name in known:
        return name
    return UNKNOWN if UNKNOWN in known else ""


def _market(data: CalibrationData, fitted: Fitted, zone: str, notes: Estimates) -> Market:
    nurture = _nurture(data, notes)
    return Market(
        channels=calibrate_channels(data, _HORIZON, notes),
        stages=tuple(_worked(stage, data, notes) for stage in fitted.stages),
        amounts=calibrate_amounts(data, notes),
        discount=calibrate_discount(data, notes),
        # the score a CRM holds is all it knows of quality, so here the two are one
        scoring=Scoring(concordance=1.0),
        nurture=nurture,
        accounts=_accounts(data),
        time_zone=zone,
    )


def _worked(stage: Stage, data: CalibrationData, notes: Estimates) -> Stage:
    """Give a stage whose owners are known, but not their touches, the assumed effort."""
    code = data.log.vocabulary["stage"].index(stage.name)
    owned = (data.visits["owner"][data.visits["stage"] == code] >= 0).any()
    if stage.effort != Fixed(0.0) or not owned or len(data.touches_everywhere):
        return stage
    notes.note(f"stage {stage.name!r}", "effort", ASSUMED_EFFORT, how="assumed: one hour; touches aren't logged")
    return replace(stage, effort=Fixed(ASSUMED_EFFORT))


def _nurture(data: CalibrationData, notes: Estimates) -> Nurture | None:
    """Return the nurture sequence.

    Wake-ups and opt-outs by days spent in it (exponential, censored at the as-of date).
    """
    rows = data._rows(Kind.NURTURED, Kind.WOKEN, Kind.LOST, Kind.ENTERED)  # noqa: SLF001
    if not (rows["kind"] == Kind.NURTURED).any():
        return None
    following = rows.groupby("lead").shift(-1)
    rests = rows["kind"] == Kind.NURTURED
    ends = following["time"][rests].fillna(data.as_of)
    exposure = float((ends - rows["time"][rests]).sum())
    woken = int((following["kind"][rests] == Kind.WOKEN).sum())
    out = int((following["kind"][rests] == Kind.LOST).sum())
    wake, opt_out = (1 - exp(-count / exposure * _CADENCE) for count in (woken, out))
    for what, value, n in (("wake", wake, woken), ("opt_out", opt_out, out)):
        notes.note("nurture", what, value, error=value / np.sqrt(max(1, n)), n=n, how="maximum likelihood, censored")
    back = rows["stage"][(rows["kind"] == Kind.ENTERED) & (rows["kind"].groupby(rows["lead"]).shift(1) == Kind.WOKEN)]
    stages = data.log.vocabulary["stage"]
    returns_to = stages[int(back.mode()[0])] if len(back) else stages[0]
    return Nurture(returns_to=returns_to, cadence=_CADENCE, wake=max(wake, 1e-9), opt_out=opt_out)


def _accounts(data: CalibrationData) -> int:
    """Return the number of accounts per region and segment, from how often two leads share one (birthday estimate)."""
    account = data.arrivals["account"]
    known = account[account >= 0]
    pairs = int((known.value_counts() * (known.value_counts() - 1) / 2).sum())
    if pairs == 0:
        return 1_000_000
    cells = max(1, data.arrivals[["region", "segment"]].drop_duplicates().shape[0])
    return max(1, round(len(known) * (len(known) - 1) / 2 / pairs / cells))
