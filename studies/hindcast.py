"""Hindcast: would the funnel have been right.

Calibrate on a history up to a date, simulate on from there, and compare with what happened.

The actual figures come out of the same queries over the same kind of log as the simulated ones. A figure outside its
interval is where the funnel, or the assumption that the past goes on, is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from forecast.calibration.calibrate import Calibration, calibrate
from forecast.crm import History
from sim.errors import require
from sim.eventlog import EventLog, Kind
from sim.kpis import dwell_summary, summary
from sim.kpis.jobs import touches
from sim.opening import Opening
from sim.simulate import COMPILED, simulate
from sim.spec import FunnelSpec
from studies.executors import ALONE, Progress, Sharing, in_order

HEADLINES = (
    "leads", "wins", "bookings", "average_deal", "lost", "win_rate_closed", "sales_cycle_median", "touches", "wip_end",
    "pipeline_end",
)  # fmt: skip
ENGINE = COMPILED
"""The engine of `sim.simulate.simulate` that plays the replications."""

BUSIEST = 5
"""Reps whose busy hours are compared.

Those who were busiest before the as-of date, so that the choice doesn't know the answer.
"""


@dataclass(frozen=True)
class Hindcast:
    """What was calibrated, and the table of actual against simulated figures.

    Its columns: ``actual``; ``mean``, ``low`` and ``high`` of the replications (80 % interval); ``inside``. Indexed by
    ``figure``.
    """

    calibration: Calibration
    table: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Replication:
    """The task of one replication: simulate and read the figures off."""

    spec: FunnelSpec
    opening: Opening
    days: float
    seed: int
    busiest: tuple[str, ...]

    def __call__(self, replication: int) -> Mapping[str, float]:
        log = simulate(self.spec, self.opening, days=self.days, seed=self.seed, replication=replication, engine=ENGINE)
        return figures(log, (0.0, self.days), self.busiest)


def hindcast(  # noqa: PLR0913 - as many choices as a calibration and an experiment together
    history: History,
    as_of: datetime,
    until: datetime,
    *,
    since: datetime | None = None,
    zone: str = "UTC",
    replications: int = 40,
    seed: int = 1,
    sharing: Sharing = ALONE,
    progress: Progress | None = None,
) -> Hindcast:
    """Calibrate on [``since``, ``as_of``), simulate [``as_of``, ``until``) and compare with the history's own.

    Raises
    ------
    HeadraceError
        If there is nothing to compare with, or the history can't be calibrated.
    """
    require(replications >= 1, f"hindcast: replications must be 1 or more, got {replications}")
    start, end = _period(history.log, as_of, until)
    systems = [rep.name for rep in history.roster if rep.system]
    past, opening = history.at(as_of), history.opening(as_of)
    calibration = calibrate(past.log, as_of, zone=zone, since=since, systems=systems)
    busiest = _busiest(past.log, start, {rep.name for rep in calibration.spec.operation.reps})
    task = _Replication(calibration.spec, calibration.fit_opening(opening), end - start, seed, busiest)
    with sharing.open(ENGINE) as workers:
        runs = pd.DataFrame(in_order(workers, task, range(replications), progress))
    return Hindcast(calibration, _table(figures(history.log, (start, end), busiest), runs))


def _period(log: EventLog, as_of: datetime, until: datetime) -> tuple[float, float]:
    """Return the period to be judged on, in days of the log; it ends with the history, if that ends first."""
    require(as_of < until, f"hindcast: --until must lie after --as-of {as_of:%Y-%m-%d}, got {until:%Y-%m-%d}")
    start, last = _days(log, as_of), log.window[1]
    ends = log.origin + timedelta(days=last)
    require(
        start < last, f"hindcast: the history ends on {ends:%Y-%m-%d}; --as-of must be earlier, got {as_of:%Y-%m-%d}"
    )
    return start, min(_days(log, until), last)


def figures(log: EventLog, period: tuple[float, float], reps: tuple[str, ...]) -> dict[str, float]:
    """Return the headline figures, the median dwell by stage and the busy hours of the named reps in a period."""
    found = {name: value for name, value in summary(log, period).items() if name in HEADLINES}
    for stage, median in dwell_summary(log, period)["median"].items():
        found[f"dwell_median {stage}"] = float(median)
    return found | {f"busy_hours {rep}": hours for rep, hours in _busy_hours(log, period, reps).items()}


def _busy_hours(log: EventLog, period: tuple[float, float], reps: tuple[str, ...]) -> dict[str, float]:
    """Return the hours from starts to ends of touches: what overlaps counts once, whatever the calendar says."""
    done, names = touches(log), log.vocabulary["actor"]
    begin, end = np.clip(done.begin, *period), np.clip(done.end, *period)
    days = {}
    for rep in reps:
        mine = done.actor == names.index(rep)
        days[rep] = _union(begin[mine], end[mine])
    return {rep: 24 * value for rep, value in days.items()}


def _union(begin: np.ndarray, end: np.ndarray) -> float:
    order = np.argsort(begin)
    reached = np.maximum.accumulate(np.append(-np.inf, end[order]))[:-1]
    return float(np.maximum(0.0, end[order] - np.maximum(begin[order], reached)).sum())


def _busiest(log: EventLog, as_of: float, known: set[str]) -> tuple[str, ...]:
    last_month = (max(log.window[0], as_of - 30), as_of)
    names = tuple(name for name in log.vocabulary["actor"] if name in known)
    hours = _busy_hours(log, last_month, names)
    return tuple(sorted(hours, key=lambda name: -hours[name])[:BUSIEST]) if log.of_kind(Kind.STARTED).any() else ()


def _table(actual: Mapping[str, float], runs: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "actual": pd.Series(actual),
            "mean": runs.mean(),
            "low": runs.quantile(0.1),
            "high": runs.quantile(0.9),
        }
    ).reindex(list(actual))
    table["inside"] = (table["actual"] >= table["low"]) & (table["actual"] <= table["high"])
    return table[table["actual"].notna() & table["mean"].notna()].rename_axis("figure")


def _days(log: EventLog, instant: datetime) -> float:
    return (instant.astimezone(UTC) - log.origin) / timedelta(days=1)
