"""Pipeline: the amount that is open at an instant, what was added to it, and how far it covers the quota."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from sim.eventlog import EventLog, Floats
from sim.kpis.bookings import per_lead_bookings
from sim.kpis.dimensions import figures_by, lead_labels, texts
from sim.kpis.fates import owners
from sim.kpis.period import Period, before, span
from sim.kpis.rows import Flags
from sim.kpis.visits import Visits, visits


def pipeline(
    log: EventLog, by: Sequence[str] = (), at: float | None = None, stages: Collection[str] | None = None
) -> pd.DataFrame:
    """Add up the deals that stand in a stage at an instant.

    Parameters
    ----------
    log
        The log.
    by
        What to group by: ``stage`` or any of `sim.kpis.dimensions.DIMENSIONS`. Rep and team hold the deal at the
        instant; a calendar unit is that of the entry into the present stage.
    at
        Days since the origin; the window's end by default. The instant's own events aren't in it, those at the window's
        end excepted.
    stages
        Stages that count as pipeline; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``deals`` and ``amount`` (list amounts in account currency, unknown ones as 0). Leads in
        nurture are no pipeline.

    Raises
    ------
    UnknownNameError
        If the log has no such stage, or there is no such dimension.
    """
    stays, instant = visits(log), log.window[1] if at is None else at
    here = np.flatnonzero(stays.standing(before(log, instant)) & _counts(log, stays, stages))
    lead = stays.lead[here]
    others = [name for name in by if name != "stage"]
    labels = lead_labels(log, others, lead, stays.entered[here], owners(log, instant)[lead])
    if "stage" in by:
        labels = labels.assign(stage=texts(stays.stage[here], log.vocabulary["stage"]))[list(by)]
    amount = list_amounts(log)[lead]
    return figures_by(labels, lambda group: {"deals": len(group), "amount": float(amount[group].sum())})


def pipeline_created(
    log: EventLog, by: Sequence[str] = (), period: Period | None = None, stages: Collection[str] | None = None
) -> pd.DataFrame:
    """Add up the deals that became pipeline in the period: their first entry into any of ``stages`` lies in it.

    Returns
    -------
    pandas.DataFrame
        One row a group of ``by`` (`sim.kpis.dimensions.DIMENSIONS`; rep and team hold the deal at the window's end, a
        calendar unit is that of the entry): ``deals`` and ``amount`` as in `pipeline`.

    Raises
    ------
    UnknownNameError
        If the log has no such stage, or there is no such dimension.
    """
    stays = visits(log)
    counted = np.flatnonzero(_counts(log, stays, stages))
    _, first = np.unique(stays.lead[counted], return_index=True)
    new = counted[first]
    new = new[span(log, period).holds(stays.entered[new])]
    lead = stays.lead[new]
    labels = lead_labels(log, by, lead, stays.entered[new], owners(log)[lead])
    amount = list_amounts(log)[lead]
    return figures_by(labels, lambda group: {"deals": len(group), "amount": float(amount[group].sum())})


def coverage(
    log: EventLog,
    quota: float,
    at: float | None = None,
    since: float | None = None,
    stages: Collection[str] | None = None,
) -> float:
    """Divide the pipeline at an instant by what is still missing to the quota.

    Parameters
    ----------
    log
        The log.
    quota
        Account currency, for the quota period that began at ``since``.
    at, since
        Days since the origin; the window's end and start by default.
    stages
        Stages that count as pipeline; all by default.

    Returns
    -------
    float
        Pipeline / (quota − bookings from ``since`` to ``at``); NaN once the quota is reached.
    """
    end = log.window[1] if at is None else at
    booked = per_lead_bookings(log, (log.window[0] if since is None else since, end)).sum()
    missing = quota - float(booked)
    return float(pipeline(log, at=end, stages=stages)["amount"].iloc[0]) / missing if missing > 0 else float("nan")


def list_amounts(log: EventLog) -> Floats:
    """Return each lead's list amount in account currency, unknown ones as 0."""
    return np.nan_to_num(log.leads["amount"].astype(np.float64))


def _counts(log: EventLog, stays: Visits, stages: Collection[str] | None) -> Flags:
    """Flag the visits to the stages that count as pipeline."""
    if stages is None:
        return np.ones(len(stays), bool)
    return np.isin(stays.stage, [log.code("stage", stage) for stage in stages])
