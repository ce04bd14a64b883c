"""Lives: what the headline figures need to know of each lead, followed row by row.

The words are those of the queries that define the figures: fates and owners (`sim.kpis.fates`), visits
(`sim.kpis.visits`), leads sent to and fro (`sim.kpis.sla`), assignments (`sim.kpis.fairness`).
"""

from typing import NamedTuple

import numpy as np

from sim.eventlog import NONE, Floats, Kind
from sim.jit import rule
from sim.kpis.fairness import ASSIGNMENTS
from sim.kpis.fates import END_KINDS, ORPHANING_KINDS, OWNING_KINDS
from sim.kpis.period import Span
from sim.kpis.reduction.kept import END, Records, Whole, give_back, new_tally, next_place, take_place, with_room
from sim.kpis.visits import PLACE_KINDS

_PLACES, _ENDS, _GIVES, _ASSIGNS, _ORPHANS = (
    np.isin(np.arange(len(Kind)), kinds)
    for kinds in (PLACE_KINDS, END_KINDS, OWNING_KINDS, ASSIGNMENTS, ORPHANING_KINDS)
)

LIFE = np.dtype(
    [
        ("created", "f8"),
        ("first_touch", "f8"),
        ("ended", "f8"),
        ("entered", "f8"),
        ("stage", "i4"),
        ("owner", "i4"),
        ("held_in", "i4"),
        ("holder", "i4"),
        ("holders", "i4"),
        ("recaptures", "i4"),
        ("end", "i2"),
        ("stands", "?"),
        ("closed", "?"),
        ("orphaned", "?"),
        ("returned", "?"),
    ],
    align=True,
)
"""A lead's record.

As in `sim.kpis.fates.Fates`: ``created``, ``first_touch``, ``ended`` and ``end``. As of the last row: the ``stage`` in
which it stands and when it ``entered`` it, its ``owner``, the chain of its ``holders`` since the last touch. Just
before the period's end: whether it ``stands`` in a stage, is ``closed``, is ``orphaned``. In the period: ``recaptures``
and whether it ``returned`` to an earlier owner.
"""

HOLDER = np.dtype([("stage", "i4"), ("actor", "i4"), ("next", "i4")])
"""Who had a lead in a stage since its last touch; the latest come first in the lead's chain."""

WIN = np.dtype([("time", "f8"), ("amount", "f8"), ("lead", "i4"), ("actor", "i4")])
"""A win of the period, and who held the deal."""

GIVEN = np.dtype([("amount", "f8"), ("assigned", "i8"), ("ever", "?")], align=True)
"""What an actor was assigned in the period, and whether ever anything."""


class Lives(NamedTuple):
    """All that is followed of a run: see the types of its records.

    ``over`` is the period (start, end, stop as in `sim.kpis.period.Span`); ``rows`` counts rows by kind, outside the
    period and in it; ``lead_days`` are the days that leads have stood in each stage in the period, up to the last
    leaving; ``amounts`` the list amounts by lead.
    """

    over: Floats
    leads: Records
    holders: Records
    holders_tally: Whole
    wins: Records
    wins_tally: Whole
    actors: Records
    rows: Whole
    lead_days: Floats
    amounts: Floats


def new_lives(over: Span, amounts: Floats, stages: int, actors: int) -> Lives:
    """Return the lives of leads of whom nothing has happened yet, given their list amounts."""
    leads = np.zeros(len(amounts), LIFE)
    leads["created"] = leads["first_touch"] = leads["ended"] = np.inf
    leads["stage"] = leads["owner"] = leads["holder"] = leads["end"] = NONE
    leads["holders"] = END
    return Lives(
        over=np.array([over.start, over.end, over.stop]),
        leads=leads,
        holders=np.empty(0, HOLDER),
        holders_tally=new_tally(),
        wins=np.empty(0, WIN),
        wins_tally=new_tally(),
        actors=np.zeros(actors, GIVEN),
        rows=np.zeros((2, len(Kind)), np.int64),
        lead_days=np.zeros(stages),
        amounts=amounts,
    )


def with_room_for(lives: Lives, rows: int) -> Lives:
    """Return the lives, with room for what so many rows can add."""
    return lives._replace(
        holders=with_room(lives.holders, lives.holders_tally, rows),
        wins=with_room(lives.wins, lives.wins_tally, rows),
    )


@rule
def follow(lives: Lives, rows: Records) -> None:  # noqa: C901 - a branch for each sort of row
    """Follow the leads through the rows."""
    # Rules get the records that they change, not all the lives: an array that is handed on is counted, at every call.
    start, end, stop = lives.over[0], lives.over[1], lives.over[2]
    leads, actors, wins, counts, lead_days = lives.leads, lives.actors, lives.wins, lives.rows, lives.lead_days
    holders, tally, wins_tally, amounts = lives.holders, lives.holders_tally, lives.wins_tally, lives.amounts
    for i in range(len(rows)):
        row = rows[i]
        kind, time, actor = row["kind"], row["time"], row["actor"]
        inside, before_end = start <= time < stop, time < stop
        counts[1 if inside else 0, kind] += 1
        if kind == Kind.STARTED or kind == Kind.LATENCY_ENDED:  # noqa: PLR1714 - two rows in five, passed by at once
            continue
        life = leads[row["lead"]]
        if kind == Kind.TOUCHED:
            note_touch(life, time)
            if life["holders"] != END:
                forget(life, holders, tally)
        elif _PLACES[kind]:
            if life["stage"] != NONE:
                lead_days[life["stage"]] += days_in_period(life["entered"], time, start, end)
            note_place(life, row, before_end)
            if kind == Kind.WON and inside:
                note_win(wins[next_place(wins_tally)], life, row)
        elif _GIVES[kind] and actor != NONE:
            note_owner(life, actor, before_end)
            if changes_hands(life, actor, row["stage"]):
                note_holder(life, row, inside, holders, tally)
            if _ASSIGNS[kind]:
                note_assignment(actors[actor], amounts[row["lead"]], inside)
        else:
            note_other(life, row, inside, before_end)


@rule
def note_touch(life: np.void, time: float) -> None:
    """Note a finished touch: who held the lead before is forgotten."""
    life["first_touch"] = min(life["first_touch"], time)
    life["holder"] = NONE


@rule
def changes_hands(life: np.void, actor: int, stage: int) -> bool:
    """Note the first holder since the last touch; tell whether somebody else, or the same in another stage, was it."""
    if life["holder"] == NONE:
        life["holder"], life["held_in"] = actor, stage
    return bool(life["holder"] != actor or life["held_in"] != stage)


@rule
def forget(life: np.void, holders: Records, tally: Whole) -> None:
    """Give back the places of a lead's earlier holders."""
    place = life["holders"]
    while place != END:
        following = holders[place]["next"]
        give_back(holders, tally, place)
        place = following
    life["holders"] = END


@rule
def note_place(life: np.void, row: np.void, before_end: bool) -> None:  # noqa: FBT001
    """Note where a lead stands from here on, and whether it is closed."""
    kind, time = row["kind"], row["time"]
    opens = kind == Kind.ENTERED
    if opens or _ENDS[kind]:
        life["end"] = NONE if opens else kind
        life["ended"] = np.inf if opens else time
    life["stage"] = row["stage"] if opens else NONE
    life["entered"] = time
    if before_end:
        life["stands"] = life["stage"] != NONE
        life["closed"] = life["end"] != NONE
        life["orphaned"] &= kind != Kind.NURTURED


@rule
def days_in_period(since: float, until: float, start: float, end: float) -> float:
    """Return the days between two instants that lie in the period."""
    return min(max(until, start), end) - min(max(since, start), end)


@rule
def note_win(win: np.void, life: np.void, row: np.void) -> None:
    """Keep a win of the period."""
    win["time"], win["amount"], win["lead"] = row["time"], row["amount"], row["lead"]
    win["actor"] = life["owner"] if row["actor"] == NONE else row["actor"]


@rule
def note_owner(life: np.void, actor: int, before_end: bool) -> None:  # noqa: FBT001
    """Note a new owner."""
    life["owner"] = actor
    if before_end:
        life["orphaned"] = False


@rule
def note_other(life: np.void, row: np.void, inside: bool, before_end: bool) -> None:  # noqa: FBT001
    """Note a creation, or that a lead was taken back or found nobody.

    An escalation to nobody in particular changes no owner.
    """
    kind = row["kind"]
    if kind == Kind.CREATED:
        life["created"] = min(life["created"], row["time"])
    if _ORPHANS[kind] or _ASSIGNS[kind]:
        life["owner"] = NONE
        if before_end:
            life["orphaned"] = _ORPHANS[kind]
    life["recaptures"] += kind == Kind.RECAPTURED and inside


@rule
def note_assignment(rep: np.void, amount: float, inside: bool) -> None:  # noqa: FBT001
    """Note that a rep was assigned a deal."""
    rep["ever"] = True
    if inside:
        rep["assigned"] += 1
        rep["amount"] += amount


@rule
def note_holder(life: np.void, row: np.void, inside: bool, holders: Records, tally: Whole) -> None:  # noqa: FBT001
    """Make the new owner the lead's last holder; one who held it in this stage before, with others between, returns."""
    stage, actor = row["stage"], row["actor"]
    before, place, somebody_else = END, life["holders"], life["held_in"] == stage
    while place != END and not (holders[place]["stage"] == stage and holders[place]["actor"] == actor):
        somebody_else |= holders[place]["stage"] == stage
        before, place = place, holders[place]["next"]
    if place == END:
        place = take_place(holders, tally)
    elif somebody_else:
        life["returned"] |= inside
        if before == END:
            life["holders"] = holders[place]["next"]
        else:
            holders[before]["next"] = holders[place]["next"]
    else:
        return
    earlier = holders[place]
    earlier["stage"], earlier["actor"], earlier["next"] = life["held_in"], life["holder"], life["holders"]
    life["holder"], life["held_in"], life["holders"] = actor, stage, place
