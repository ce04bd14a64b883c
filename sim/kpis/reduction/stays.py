"""Stays: how leads pass through the stages and whom they wait for meanwhile, followed row by row.

The words are those of visits (`sim.kpis.visits`) and of the parts of their dwell (`sim.kpis.dwell`). Whom a deal waited
for shows only when the waiting is over, so the days of waiting stay open until then.
"""

from typing import NamedTuple

import numpy as np

from sim.eventlog import NONE, Floats, Kind
from sim.jit import rule
from sim.kpis.dwell import BEGINS, EXPERT_KINDS, Part
from sim.kpis.period import Span
from sim.kpis.reduction.kept import Records, Whole, new_tally, next_place, with_room
from sim.kpis.visits import OUTCOME_OF, PLACE_KINDS, Outcome

STAY = np.dtype(
    [
        ("entered", "f8"),
        ("since", "f8"),
        ("parts", "f8", len(Part)),
        ("waiting", "f8"),
        ("waiting_owed", "f8"),
        ("stage", "i4"),
        ("owed", "i4"),
        ("part", "i4"),
    ],
    align=True,
)
"""Where a lead stands: the ``stage``, when it ``entered``, the days by `Part` so far.

``since`` is its last row, after which ``part`` goes on and ``owed`` jobs of experts aren't finished; ``waiting`` and
``waiting_owed`` are the days of waiting, without and with experts owing something, that no part has yet.
"""

LEFT = np.dtype([("dwell", "f8"), ("parts", "f8", len(Part)), ("stage", "i8")])
"""A visit that ended in the period."""

_WAIT, _LATENCY, _EXPERT = int(Part.WAIT), int(Part.LATENCY), int(Part.EXPERT)
_ADVANCED, _RETURNED = int(Outcome.ADVANCED), int(Outcome.RETURNED)
_PART = np.full(len(Kind), NONE)
_PART[list(BEGINS)] = list(BEGINS.values())
_PLACES = np.isin(np.arange(len(Kind)), PLACE_KINDS)
_TELLS = np.isin(np.arange(len(Kind)), (*PLACE_KINDS, *BEGINS, *EXPERT_KINDS))


class Stays(NamedTuple):
    """All stays of a run.

    ``over`` is the period (start, stop); ``left`` keeps the visits that ended in it; ``outcomes`` counts them by stage
    and `Outcome`, and ``entered`` the visits that began in it by stage.
    """

    over: Floats
    leads: Records
    left: Records
    left_tally: Whole
    outcomes: Whole
    entered: Whole


def new_stays(over: Span, leads: int, stages: int) -> Stays:
    """Return the stays of leads of whom nothing has happened yet."""
    records = np.zeros(leads, STAY)
    records["stage"] = NONE
    return Stays(
        over=np.array([over.start, over.stop]),
        leads=records,
        left=np.empty(0, LEFT),
        left_tally=new_tally(),
        outcomes=np.zeros((stages, len(Outcome)), np.int64),
        entered=np.zeros(stages, np.int64),
    )


def with_room_for(stays: Stays, rows: int) -> Stays:
    """Return the stays, with room for what so many rows can add."""
    return stays._replace(left=with_room(stays.left, stays.left_tally, rows))


@rule
def follow_stays(stays: Stays, rows: Records) -> None:
    """Follow the leads through the rows."""
    start, stop = stays.over[0], stays.over[1]
    leads, left, tally, outcomes, entered = stays.leads, stays.left, stays.left_tally, stays.outcomes, stays.entered
    for i in range(len(rows)):
        row = rows[i]
        kind, time = row["kind"], row["time"]
        if not _TELLS[kind]:
            continue
        stay, inside = leads[row["lead"]], start <= time < stop
        pass_days(stay, time)
        if _PART[kind] != NONE or _PLACES[kind]:
            settle(stay, kind)
        if _PLACES[kind]:
            if stay["stage"] != NONE and inside:
                keep_visit(left[next_place(tally)], stay, row)
                outcomes[stay["stage"], outcome(stay["stage"], kind, row["stage"])] += 1
            begin(stay, row)
            if stay["stage"] != NONE:
                entered[stay["stage"]] += inside
        go_on(stay, kind, time)


@rule
def pass_days(stay: np.void, time: float) -> None:
    """Add the days since the lead's last row."""
    days = time - stay["since"]
    if stay["part"] != _WAIT:
        stay["parts"][stay["part"]] += days
    elif stay["owed"] > 0:
        stay["waiting_owed"] += days
    else:
        stay["waiting"] += days


@rule
def settle(stay: np.void, kind: int) -> None:
    """Say whom a lead has waited for, by the kind of row that ends the waiting: `sim.kpis.dwell.stretches`."""
    free, owed = _WAIT, _EXPERT
    if kind == Kind.LATENCY_ENDED:
        free = owed = _LATENCY
    elif kind == Kind.STARTED and stay["owed"] > 0:
        owed = _WAIT
    stay["parts"][free] += stay["waiting"]
    stay["parts"][owed] += stay["waiting_owed"]
    stay["waiting"] = stay["waiting_owed"] = 0.0


@rule
def outcome(here: int, kind: int, after: int) -> int:
    """Return how a visit ends by a row of the given kind and stage: `sim.kpis.visits.Outcome`."""
    if kind == Kind.ENTERED:
        return _ADVANCED if after > here else _RETURNED
    return int(OUTCOME_OF[kind])


@rule
def keep_visit(visit: np.void, stay: np.void, row: np.void) -> None:
    """Keep a visit that has ended."""
    visit["stage"] = stay["stage"]
    visit["dwell"] = row["time"] - stay["entered"]
    for part in range(len(stay["parts"])):
        visit["parts"][part] = stay["parts"][part]


@rule
def begin(stay: np.void, row: np.void) -> None:
    """Begin a visit, or a time between visits."""
    stay["stage"] = row["stage"] if row["kind"] == Kind.ENTERED else NONE
    stay["entered"] = row["time"]
    for part in range(len(stay["parts"])):
        stay["parts"][part] = 0.0


@rule
def go_on(stay: np.void, kind: int, time: float) -> None:
    """Note what goes on from a row."""
    if _PART[kind] != NONE:
        stay["part"] = _PART[kind]
    stay["owed"] += int(kind == Kind.EXPERT_REQUESTED) - int(kind == Kind.EXPERT_FINISHED)
    stay["since"] = time
