"""What a reduction says of a log beside what the queries over the log say."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import pandas as pd

from sim.calendar import OpenHours
from sim.eventlog import EventLog
from sim.kpis import (
    Period,
    Worked,
    bookings,
    conversion_of_cohort,
    conversion_of_period,
    dwell_summary,
    littles_law,
    per_lead_bookings,
    summary,
    utilisation,
)
from sim.kpis.reduction import Reduction
from sim.working_time import worked

type Found = Mapping[str, pd.DataFrame]

PARTS_OF_A_DAY = np.arange(-10.0, 60.0)


def day_shifts(log: EventLog) -> tuple[OpenHours, ...]:
    """Give every actor hours of their own."""
    ends = (0.5 + 0.1 * place for place in range(len(log.vocabulary["actor"])))
    return tuple(OpenHours(PARTS_OF_A_DAY + 0.25, PARTS_OF_A_DAY + end) for end in ends)


def reduce(log: EventLog, period: Period, hours: Sequence[OpenHours], sizes: Sequence[int]) -> Found:
    """Read a log in chunks of the given sizes, again and again, with a reduction."""
    run, size, first = Reduction(log, period, with_stays=True, hours=hours), cycle(sizes), 0
    (rows,) = log.records(len(log)) if len(log) else (np.empty(0),)
    while first < len(log):
        last = first + next(size)
        run.take(rows[first:last].copy())
        first = last
    return {
        "figures": pd.DataFrame([run.figures()]),
        "by rep": pd.DataFrame(run.won_by_actor()),
        "by lead": pd.DataFrame({"amount": run.per_lead_bookings()}),
        "conversion": pd.DataFrame(run.conversion()),
        "dwell": pd.DataFrame(run.dwell()),
        "stock": pd.DataFrame({"wip": run.mean_wip(), "entered": run.entered()}),
        "people": pd.DataFrame(run.work()),
    }


def query(log: EventLog, period: Period, hours: Sequence[OpenHours]) -> Found:
    """Ask the log the same."""
    names = log.vocabulary["actor"]
    available = dict.fromkeys(names, 1.0)
    counts = {name: counter(own) for name, own in zip(names, hours, strict=True)}
    wip = littles_law(log, period)["mean_wip"].to_numpy()
    won = bookings(log, ["rep"], period)[["wins", "bookings"]]
    won.index = won.index.astype(str)
    entered = conversion_of_cohort(log, period)["entered"].to_numpy()
    return {
        "figures": pd.DataFrame([summary(log, period)]),
        "by rep": won.reindex(list(names), fill_value=0).reset_index(drop=True),
        "by lead": pd.DataFrame({"amount": per_lead_bookings(log, period)}),
        "conversion": conversion_of_period(log, period).reset_index(drop=True),
        "dwell": dwell_summary(log, period).reset_index(drop=True),
        "stock": pd.DataFrame({"wip": wip, "entered": entered}),
        "people": utilisation(log, available, counts, period)[["jobs", "busy"]].reset_index(drop=True),
    }


def counter(hours: OpenHours) -> Worked:
    """Count working time by a table of open hours."""
    return lambda begin, end: np.array([worked(hours.starts, hours.ends, *pair) for pair in zip(begin, end)], float)  # noqa: B905


def check_equal(found: Found, expected: Found, within: float) -> None:
    """Compare all tables: to the last bit if ``within`` is 0, else up to a relative error."""
    for name, table in expected.items():
        tolerance = {"check_exact": True} if within == 0 else {"rtol": within, "atol": within}
        pd.testing.assert_frame_equal(found[name], table, obj=name, check_dtype=False, **tolerance)


def periods(log: EventLog) -> tuple[Period, ...]:
    """Return the whole window, its first half and its last two thirds."""
    end = log.window[1]
    return (0.0, end), (0.0, end / 2), (end / 3, end)
