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
    chains, records, tally, workers = jobs.chains, jobs.open, jobs.open_tally, jobs.workers
    over, opens, closes = jobs.over, jobs.opens, jobs.closes
    for i in range(len(rows)):
        row = rows[i]
        kind, actor, lead = row["kind"], row["actor"], row["lead"]
        if not _TELLS[kind]:
            continue
        if _CUTS[kind] and chains[lead] != END:
            cut(chains[lead], records, row["time"])
        if actor == NONE or not (_BEGINS[kind] or _FINISHES[kind]):
            continue
        place = find(chains[lead], records, actor, _CUTS[kind])
        if place != END:
            note_end(workers[actor], records[place], row["time"] if _FINISHES[kind] else np.nan, over)
            add_work(workers[actor], records[place], over, opens, closes)
            chains[lead] = without(chains[lead], records, place)
            give_back(records, tally, place)
        if _BEGINS[kind]:
            place = take_place(records, tally)
            begin(records[place], row, chains[lead], _CUTS[kind])
            chains[lead] = place


def busy_until_the_end(jobs: Jobs) -> Records:
    """Return the workers, the jobs that are still open counted as far as they are seen; ``jobs`` stay as they are."""
    seen = jobs._replace(workers=jobs.workers.copy(), open=jobs.open.copy())
    end_open_jobs(seen)
    return seen.workers


@rule
def end_open_jobs(jobs: Jobs) -> None:
    """Count the jobs that nothing has ended."""
    records, workers = jobs.open, jobs.workers
    for lead in range(len(jobs.chains)):
        place = jobs.chains[lead]
        while place != END:
            worker = workers[records[place]["actor"]]
            note_end(worker, records[place], np.nan, jobs.over)
            add_work(worker, records[place], jobs.over, jobs.opens, jobs.closes)
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
def note_end(worker: np.void, job: np.void, end: float, over: Floats) -> None:
    """End a job, at its finish or, where ``end`` is NaN, at its cut or else the window's end, and count a finish."""
    if np.isnan(end):
        job["cut"] = over[3] if np.isnan(job["cut"]) else job["cut"]
    else:
        job["cut"] = end
        worker["finished"] += over[0] <= end < over[2]


@rule
def add_work(worker: np.void, job: np.void, over: Floats, opens: Floats, closes: Floats) -> None:
    """Add the working time in the period of a job that has ended to its worker's."""
    first, last = worker["first"], worker["last"]
    since, until = min(max(job["begin"], over[0]), over[1]), min(max(job["cut"], over[0]), over[1])
    worker["busy"] += worked(opens[first:last], closes[first:last], since, until)
