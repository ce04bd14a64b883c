"""Workload: what share of their working time reps and experts spend on deals, and how long the experts' queue is."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from sim.eventlog import NONE, Codes, EventLog, Floats, Kind
from sim.kpis.dimensions import team_of, texts
from sim.kpis.jobs import Jobs, expert_jobs, expert_waits, touches
from sim.kpis.period import Period, Span, span
from sim.kpis.rows import observes

type Worked = Callable[[Floats, Floats], Floats]
"""From the first and last instants of some stretches (days since the origin) to the days of working time in each."""


def utilisation(
    log: EventLog,
    available: Mapping[str, float],
    worked: Mapping[str, Worked] | None = None,
    period: Period | None = None,
) -> pd.DataFrame:
    """Divide the working time that reps and experts spent on deals by the working time they had.

    Parameters
    ----------
    log
        The log.
    available
        Actor → days of working time in the period; an expert group counts its servers' time together.
    worked
        Actor → function that counts working time between instants. Without one the elapsed time counts, which is too
        much for work carried over a night.
    period
        Days since the origin; the window by default.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``actor``, those of ``available`` first, then others who worked: ``team`` (empty for none), ``jobs``
        (touches or expert jobs finished in the period), ``busy`` and ``available`` (days of working time; NaN if not
        given) and ``utilisation``, their ratio (NaN where nothing is available, and for logs without starts, which
        don't know effort).
    """
    over, done = span(log, period), (touches(log), expert_jobs(log))
    busy: dict[str, float] = dict.fromkeys(available, 0.0)
    finished = dict.fromkeys(available, 0)
    for kind in done:
        _add_up(log, kind, over, worked or {}, busy, finished)
    given = np.array([available.get(actor, np.nan) for actor in busy], np.float64)
    days = np.array(list(busy.values())) if observes(log, Kind.STARTED) else np.full(len(busy), np.nan)
    columns = {"jobs": finished.values(), "busy": days, "available": given, "utilisation": share_worked(days, given)}
    return pd.DataFrame({"team": _teams(log, list(busy)), **columns}).set_axis(pd.Index(busy, name="actor"))


def team_utilisation(
    log: EventLog,
    available: Mapping[str, float],
    worked: Mapping[str, Worked] | None = None,
    period: Period | None = None,
) -> pd.DataFrame:
    """Add up `utilisation` by team, over the members whose working time is given.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``team``: ``members``, ``jobs``, ``busy``, ``available`` and ``utilisation`` as in `utilisation`.
    """
    groups = utilisation(log, available, worked, period).dropna(subset="available").groupby("team", observed=True)
    table = groups[["jobs", "busy", "available"]].sum(min_count=1)
    table.insert(0, "members", groups.size())
    return table.assign(utilisation=share_worked(table["busy"].to_numpy(), table["available"].to_numpy()))


def share_worked(busy: Floats, available: Floats) -> Floats:
    """Divide days of work by the days of working time that there were; NaN where there were none."""
    return busy / np.where(available > 0, available, np.nan)


def expert_queues(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Measure the queue in front of each expert group.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``expert``: ``requested`` (jobs asked for in the period), ``mean_wait`` (days from request to start,
        of the jobs started in the period; NaN if none), ``mean_queue`` and ``mean_busy`` (jobs waiting and being done,
        time averages). No rows for a log without expert jobs.
    """
    over, waits, done = span(log, period), expert_waits(log), expert_jobs(log)
    names, days = log.vocabulary["actor"], over.days or np.nan
    started = waits.finished & over.holds(waits.end)
    table = pd.DataFrame(
        {
            "requested": _by_actor(names, waits.actor[over.holds(waits.begin)]),
            "mean_wait": _by_actor(names, waits.actor[started], (waits.end - waits.begin)[started])
            / _by_actor(names, waits.actor[started]).replace(0, np.nan),
            "mean_queue": _by_actor(names, waits.actor, waits.days_in(over)) / days,
            "mean_busy": _by_actor(names, done.actor, done.days_in(over)) / days,
        }
    ).rename_axis("expert")
    return table.iloc[np.unique(np.concatenate([waits.actor, done.actor]))]


def _add_up(
    log: EventLog,
    jobs: Jobs,
    over: Span,
    worked: Mapping[str, Worked],
    busy: dict[str, float],
    finished: dict[str, int],
) -> None:
    """Add each actor's working time and finished jobs to ``busy`` and ``finished``."""
    begin, end = over.clip(jobs.begin), over.clip(jobs.end)
    in_time = jobs.finished & over.holds(jobs.end)
    for code in np.unique(jobs.actor[jobs.actor >= 0]).tolist():
        name, mine = log.vocabulary["actor"][code], jobs.actor == code
        days = worked[name](begin[mine], end[mine]) if name in worked else end[mine] - begin[mine]
        busy[name] = busy.get(name, 0.0) + float(np.sum(days))
        finished[name] = finished.get(name, 0) + int(in_time[mine].sum())


def _teams(log: EventLog, actors: list[str]) -> "pd.Categorical[str]":
    """Return the team of each actor; one that the log doesn't know has none."""
    codes = {name: code for code, name in enumerate(log.vocabulary["actor"])}
    return texts(team_of(log, np.array([codes.get(name, NONE) for name in actors], np.int32)), log.vocabulary["team"])


def _by_actor(names: tuple[str, ...], actor: Codes, weights: Floats | None = None) -> "pd.Series[float]":
    return pd.Series(np.bincount(actor, weights, len(names)), index=list(names), dtype=float)
