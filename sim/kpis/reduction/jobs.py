"""Jobs: how long reps and experts are busy, followed row by row; `sim.kpis.jobs` says when a job begins and ends."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.calendar import OpenHours
from sim.eventlog import NONE, Floats, Kind
from sim.jit import rule
from sim.kpis.fates import END_KINDS, OWNING_KINDS
from sim.kpis.period import Span
from sim.kpis.reduction.kept import END, Records, Whole, give_back, new_tally, take_place, with_room
from sim.working_time import worked

JOB = np.dtype([("begin", "f8"), ("cut", "f8"), ("actor", "i4"), ("next", "i4"), ("touch", "?")], align=True)
"""A job that has begun: a ``touch`` or an expert's; ``cut`` is when it would end unfinished, NaN while unknown."""

WORKER = np.dtype([("busy", "f8"), ("finished", "i8"), ("first", "i8"), ("last", "i8")])
"""An actor's days of working time on jobs and number of jobs finished in the period, and their rows of open hours."""

_CUTS = np.isin(np.arange(len(Kind)), (Kind.STARTED, Kind.TOUCHED, *OWNING_KINDS, *END_KINDS))
_BEGINS = np.isin(np.arange(len(Kind)), (Kind.STARTED, Kind.EXPERT_STARTED))
_FINISHES = np.isin(np.arange(len(Kind)), (Kind.TOUCHED, Kind.EXPERT_FINISHED))
_TELLS = _CUTS | _BEGINS | _FINISHES


class Jobs(NamedTuple):
    """All jobs of a run.

    ``over`` is the period and the window's end (start, end, stop, window's end); ``chains`` holds the first open job
    of each lead; ``opens`` and ``closes`` the open hours of all actors.
    """

    over: Floats
    chains: Whole
    open: Records
    open_tally: Whole
    workers: Records
    opens: Floats
    closes: Floats


def new_jobs(over: Span, until: float, leads: int, hours: Sequence[OpenHours]) -> Jobs:
    """Return the jobs of a run in which nothing has happened yet: the actors' hours, and the window's end."""
    workers = np.zeros(len(hours), WORKER)
    workers["last"] = np.cumsum([len(own.starts) for own in hours])
    workers["first"][1:] = workers["last"][:-1]
    return Jobs(
        over=np.array([over.start, over.end, over.stop, until]),
        chains=np.full(leads, END),
        open=np.empty(0, JOB),
        open_tally=new_tally(),
        workers=workers,
        opens=np.concatenate([np.empty(0), *(own.starts for own in hours)]),
        closes=np.concatenate([np.empty(0), *(own.ends for own in hours)]),
    )


def with_room_for(jobs: Jobs, rows: int) -> Jobs:
    """Return the jobs, with room for what so many rows can add."""
    return jobs._replace(open=with_room(jobs.open, jobs.open_tally, rows))


@rule
def follow_jobs(jobs: Jobs, rows: Records) -> None:
    """Follow the jobs through the rows."""
    chains, records, tally = jobs.chains, jobs.open, jobs.open_tally
    for i in range(len(rows)):
        row = rows[i]
        kind, actor, lead = row["kind"], row["actor"], row["lead"]
        if not _TELLS[kind]:
            continue
        if _CUTS[kind]:
            cut(chains[lead], records, row["time"])
        if actor == NONE or not (_BEGINS[kind] or _FINISHES[kind]):
            continue
        place = find(chains[lead], records, actor, _CUTS[kind])
        if place != END:
            finished = bool(_FINISHES[kind])
            add_work(jobs, records[place], row["time"] if finished else np.nan, finished)
            chains[lead] = without(chains[lead], records, place)
            give_back(records, tally, place)
        if _BEGINS[kind]:
            place = take_place(records, tally)
            begin(records[place], row, chains[lead], _CUTS[kind])
            chains[lead] = place


def busy_until_the_end(jobs: Jobs) -> Records:
    """Return the workers, the jobs that are still open counted as far as they are seen; ``jobs`` stay as they are."""
    seen = jobs._replace(workers=jobs.workers.copy())
    end_open_jobs(seen)
    return seen.workers


@rule
def end_open_jobs(jobs: Jobs) -> None:
    """Count the jobs that nothing has ended."""
    records = jobs.open
    for lead in range(len(jobs.chains)):
        place = jobs.chains[lead]
        while place != END:
            add_work(jobs, records[place], np.nan, False)  # noqa: FBT003
            place = records[place]["next"]


@rule
def cut(place: int, records: Records, time: float) -> None:
    """Note on a lead's open touches when the lead's next row came: without a finish they end there."""
    while place != END:
        job = records[place]
        if job["touch"] and np.isnan(job["cut"]):
            job["cut"] = time
        place = job["next"]


@rule
def find(place: int, records: Records, actor: int, touch: bool) -> int:  # noqa: FBT001
    """Return the place of an actor's open job in a lead's chain."""
    while place != END and not (records[place]["actor"] == actor and records[place]["touch"] == touch):
        place = records[place]["next"]
    return place


@rule
def without(first: int, records: Records, place: int) -> int:
    """Take a job out of a chain; return the chain's first place."""
    if place == first:
        return int(records[place]["next"])
    before = first
    while records[before]["next"] != place:
        before = records[before]["next"]
    records[before]["next"] = records[place]["next"]
    return first


@rule
def begin(job: np.void, row: np.void, following: int, touch: bool) -> None:  # noqa: FBT001
    """Begin a job, at the head of its lead's chain."""
    job["begin"], job["cut"], job["actor"] = row["time"], np.nan, row["actor"]
    job["next"], job["touch"] = following, touch


@rule
def add_work(jobs: Jobs, job: np.void, end: float, finished: bool) -> None:  # noqa: FBT001
    """Add a job's working time in the period to its worker's; one without an end goes on to its cut, or is open."""
    start, stop = jobs.over[0], jobs.over[1]
    worker = jobs.workers[job["actor"]]
    if np.isnan(end):
        end = jobs.over[3] if np.isnan(job["cut"]) else job["cut"]
    first, last = worker["first"], worker["last"]
    since, until = min(max(job["begin"], start), stop), min(max(end, start), stop)
    worker["busy"] += worked(jobs.opens[first:last], jobs.closes[first:last], since, until)
    worker["finished"] += finished and start <= end < jobs.over[2]
