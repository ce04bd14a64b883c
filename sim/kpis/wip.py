"""Work in process: how many leads stand in each stage, and Little's law to check and explain it."""

from functools import partial

import numpy as np
import pandas as pd

from sim.errors import require
from sim.eventlog import EventLog, Floats
from sim.kpis.dwell import PARTS, Part, observed_parts, stretches
from sim.kpis.period import Period, Span, before, span
from sim.kpis.rows import observes
from sim.kpis.visits import Visits, visits


def wip(log: EventLog, period: Period | None = None, *, every: float = 1.0) -> pd.DataFrame:
    """Count the leads in each stage at regular instants.

    Parameters
    ----------
    log
        The log.
    period
        Days since the origin; the window by default.
    every
        Days between the instants, above 0; the first is the start of the period, the last one lies at or before its
        end.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``day`` (days since the origin), one column a stage. An instant's own events aren't in it yet, those
        of the window's last instant excepted. Leads in nurture stand in no stage.

    Raises
    ------
    SpecError
        If ``every`` isn't above 0.
    """
    require(every > 0, f"wip: days between instants must be above 0, got {every:g}")
    over, stays = span(log, period), visits(log)
    days = over.start + every * np.arange(int(over.days / every + 1e-9) + 1)
    limits = np.array([before(log, day) for day in days])
    stages = log.vocabulary["stage"]
    table = {stage: _standing(stays, code, limits) for code, stage in enumerate(stages)}
    return pd.DataFrame(table, index=pd.Index(days, name="day"), columns=list(stages))


def littles_law(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Set the mean work in process of a period beside the flows and stays that make it.

    Returns
    -------
    pandas.DataFrame
        One row a stage. ``mean_wip`` is L, the time average of the number of leads; ``rate`` is λ, the visits that
        stood there at any time in the period, per day; ``stay`` is W, their mean days within the period. L = λW holds
        for every log and period, up to rounding. Beside them the figures that a funnel report shows:
        ``entered_per_day``, ``left_per_day``, ``dwell``, the mean days of the visits that left, and ``edge``, the part
        of L that ``entered_per_day × dwell`` leaves unexplained. It nears 0 in a steady funnel; above 0 more comes in
        than gets out, or old deals lie about. NaN where the period has no length, or nobody stood there.

    Notes ----- J. D. C. Little, "Little's law as viewed on its 50th anniversary", Operations Research 59 (2011)
    536-549: over a finite stretch the law is an identity of the two ways to add up the same time.
    """
    over, stays = span(log, period), visits(log)
    days = over.days or np.nan
    present = (stays.entered < over.stop) & (stays.left >= over.start)
    came, went = over.holds(stays.entered), over.holds(stays.left)
    inside = over.clip(stays.left) - over.clip(stays.entered)
    stages = log.vocabulary["stage"]
    n = [np.bincount(stays.stage[flags], minlength=len(stages)) for flags in (present, came, went)]
    with np.errstate(invalid="ignore", divide="ignore"):
        stay = np.bincount(stays.stage[present], weights=inside[present], minlength=len(stages)) / n[0]
        dwell = np.bincount(stays.stage[went], (stays.left - stays.entered)[went], len(stages)) / n[2]
    table = {"mean_wip": mean_wip(stays, over, len(stages)), "rate": n[0] / days, "stay": stay}
    flows = {"entered_per_day": n[1] / days, "left_per_day": n[2] / days, "dwell": dwell}
    edge = table["mean_wip"] - flows["entered_per_day"] * dwell
    return pd.DataFrame({**table, **flows, "edge": edge}, index=pd.Index(stages, name="stage"))


def mean_wip(stays: Visits, over: Span, n_stages: int) -> Floats:
    """Return the time average of the number of leads in each stage, from the staircase of entries and leavings."""
    area = np.zeros(n_stages)
    for stage in range(n_stages):
        here = stays.stage == stage
        steps = over.clip(np.concatenate([stays.entered[here], stays.left[here]]))
        change = np.repeat([1, -1], here.sum())
        order = np.argsort(steps, kind="stable")
        area[stage] = np.sum(np.cumsum(change[order])[:-1] * np.diff(steps[order]))
    return area / (over.days or np.nan)


def wip_by_part(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Say what the leads in each stage are doing on average: the mean work in process by part of the dwell.

    Returns
    -------
    pandas.DataFrame
        One row a stage: the mean number of leads in ``wait`` (the reps' queue), ``effort`` (being worked on),
        ``latency`` (with the buyer) and ``expert`` (held up by an expert). They add up to the mean work in process. NaN
        for the parts that the log doesn't tell apart, and for a period of no length.
    """
    over, stays, cut = span(log, period), visits(log), stretches(log)
    cells = stays.stage[cut.visit].astype(np.int64) * len(Part) + cut.part
    days = over.clip(cut.end) - over.clip(cut.begin)
    stages = log.vocabulary["stage"]
    area = np.bincount(cells, weights=days, minlength=len(stages) * len(Part)).reshape(-1, len(Part))
    mean = np.where(observed_parts(partial(observes, log)), area, np.nan) / (over.days or np.nan)
    return pd.DataFrame(mean, columns=list(PARTS), index=pd.Index(stages, name="stage"))


def _standing(stays: Visits, stage: int, limits: Floats) -> Floats:
    """Count the visits to a stage that began before each limit and hadn't ended before it."""
    here = stays.stage == stage
    came, went = (np.searchsorted(np.sort(time[here]), limits, side="left") for time in (stays.entered, stays.left))
    return (came - went).astype(np.float64)
