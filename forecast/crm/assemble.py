"""Walks into an event log: a row says of a deal what a person would say of it.

A lead is ``created``; it ``entered`` a stage and was ``routed`` to an owner; it ``advanced`` out of a stage when the
next one is later or the deal is won, and just enters the other where it moves back; at its end it was ``won`` or
``lost`` in the stage in which it stood. Amounts stand on the rows created, advanced, lost (the list amount as known
then) and won (the amount booked).
"""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from forecast.crm.facts import EXITS, What
from forecast.crm.findings import Ledger, Rows
from forecast.crm.instants import Micros, days_since, midnight
from forecast.crm.lead_table import compact, last_known, lead_table
from forecast.crm.touches import Touches, touches
from forecast.crm.walk import Walk
from sim.eventlog import NONE, Codes, EventLog, Floats, Kind

_EARLIER, _FIRST, _SECOND, _THIRD = range(4)  # order of the log rows that come from one fact


@dataclass(slots=True)
class _Rows:
    """Log rows in the making, in pieces of one kind each."""

    walk: Walk
    parts: list[dict[str, npt.NDArray[np.generic]]] = field(default_factory=list)

    def add(self, kind: Kind, places: Rows, rank: int, **columns: npt.NDArray[np.generic] | float) -> None:
        """Add a row at each of the given positions of the walk; columns that aren't given are empty."""
        facts = self.walk.facts
        full = {
            "stage": NONE,
            "actor": facts.actor[places],
            "cause": NONE,
            "amount": np.nan,
            "time": facts.time[places],
        } | columns
        part = {name: np.broadcast_to(np.asarray(value), places.shape) for name, value in full.items()}
        order = {"place": places, "rank": np.full(len(places), rank)}
        self.parts.append({**part, **order, "lead": self.walk.lead[places], "kind": np.full(len(places), int(kind))})

    def columns(self, lead_rows: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.generic]]:
        """Return all rows by time, at one instant by row of the lead table, and of a lead as they happened."""
        columns = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        columns["lead"] = lead_rows[columns["lead"]]
        order = np.lexsort((columns.pop("rank"), columns.pop("place"), columns["lead"], columns["time"]))
        return {name: values[order] for name, values in columns.items()}


def assemble(walk: Walk, ledger: Ledger, *, zone: ZoneInfo, end: int, teams: dict[str, str]) -> EventLog:
    """Build the log.

    Parameters
    ----------
    walk
        The deals' ways.
    ledger
        Takes down the work that makes no touch.
    zone
        Zone of the origin, which is the midnight before the first fact.
    end
        Last instant observed, in microseconds since 1970.
    teams
        Rep → team, in the order in which reps are to be listed who never appear.
    """
    rows = _Rows(walk)
    starts = np.unique(walk.first)
    created = walk.facts.time[starts]  # a lead is created at its first fact, and that is its creation where it is known
    rows.add(Kind.CREATED, starts, _EARLIER, amount=_amount_at_birth(walk, starts), actor=_creator(walk, starts))
    _add_moves(rows)
    _add_owners(rows)
    _add_work(rows, touches(walk, ledger))
    return _log(rows, created, zone, end, teams)


def _creator(walk: Walk, starts: Rows) -> Codes:
    return np.where(walk.facts.what[starts] == What.CREATED, walk.facts.actor[starts], NONE)


def _amount_at_birth(walk: Walk, starts: Rows) -> Floats:
    """List amount that the first telling row of each lead says, if it is of the instant of creation."""
    telling = np.flatnonzero(walk.facts.telling)
    first = telling[np.searchsorted(telling, starts)]
    amount = walk.facts.numbers(walk.facts.amount)[first]
    return np.where(walk.facts.time[first] == walk.facts.time[starts], amount, np.nan)


def _add_moves(rows: _Rows) -> None:
    walk, facts = rows.walk, rows.walk.facts
    amount, stands = _known_amount(walk), walk.stands
    what, stage = walk.move_before()
    entering, winning = walk.moving(What.ENTERED), walk.moving(What.WON)
    onward = (what == What.ENTERED) & (winning | (entering & (stage < facts.stage)))
    rows.add(Kind.ADVANCED, places := np.flatnonzero(onward), _FIRST, stage=stage[places], amount=amount[places])
    rows.add(Kind.WOKEN, places := np.flatnonzero(entering & (what == What.NURTURED)), _FIRST, stage=stage[places])
    rows.add(Kind.ENTERED, places := np.flatnonzero(entering), _SECOND, stage=stands[places])
    rows.add(Kind.NURTURED, places := np.flatnonzero(walk.moving(What.NURTURED)), _SECOND, stage=stands[places])
    lost = np.flatnonzero(walk.moving(What.LOST))
    rows.add(Kind.LOST, lost, _SECOND, stage=stands[lost], amount=amount[lost], cause=facts.cause[lost])
    won = np.flatnonzero(winning)
    rows.add(Kind.WON, won, _SECOND, stage=stands[won], amount=_booked(walk)[walk.lead[won]])


def _known_amount(walk: Walk) -> Floats:
    """List amount as known at each fact."""
    amount = walk.facts.numbers(walk.facts.amount)
    places = walk.latest(~np.isnan(amount))
    return np.where(places >= 0, amount[places], np.nan)


def _booked(walk: Walk) -> Floats:
    """Amount booked of each lead: what its winning rows say last, or its last list amount where both are one column."""
    facts, wins = walk.facts, walk.facts.is_a(What.WON)
    if facts.won_amount is not None:
        return last_known(walk, np.where(wins, facts.numbers(facts.won_amount), np.nan))
    return last_known(walk, facts.numbers(facts.amount))


def _add_owners(rows: _Rows) -> None:
    """Route a deal wherever its owner is another than before; an end is its last owner's."""
    walk = rows.walk
    owner, ending = walk.facts.said(walk.facts.owner), walk.moving(*EXITS)
    told = (owner != NONE) & ~walk.facts.is_a(What.CREATED) & (ending | ~walk.over)
    places = np.flatnonzero(told)
    lead = walk.lead[places]
    changed = np.append(True, (lead[1:] != lead[:-1]) | (np.diff(owner[places]) != 0))[: len(places)]
    places = places[changed]
    for rank, which in ((_EARLIER, places[ending[places]]), (_THIRD, places[~ending[places]])):
        rows.add(Kind.ROUTED, which, rank, stage=walk.stands[which], actor=owner[which])


def _add_work(rows: _Rows, work: Touches) -> None:
    stands = rows.walk.stands
    ready = np.flatnonzero(rows.walk.facts.is_a(What.READY))
    rows.add(Kind.LATENCY_ENDED, ready, _SECOND, stage=stands[ready], actor=NONE)
    rows.add(Kind.STARTED, work.starts, _SECOND, stage=work.start_stage)
    rows.add(Kind.TOUCHED, work.ends, _SECOND, stage=work.end_stage)


def _log(rows: _Rows, created: Micros, zone: ZoneInfo, end: int, teams: dict[str, str]) -> EventLog:
    facts, origin = rows.walk.facts, midnight(int(created.min()), zone)
    leads = lead_table(rows.walk, created, origin)
    columns = rows.columns(leads.place)
    actor, actors = compact(columns["actor"], facts.texts["person"], tuple(teams))
    cause, causes = compact(columns["cause"], facts.texts["cause"])
    team_names = tuple(sorted({*teams.values()} - {""}))
    team_of = {team: code for code, team in enumerate(team_names)}
    window = days_since(origin, np.array([created.min(), end]))
    stages = facts.texts["stage"]
    return EventLog(
        origin=origin,
        window=(float(window[0]), float(window[1])),
        events=columns | {"time": days_since(origin, columns["time"]), "actor": actor, "cause": cause},
        leads=leads.columns,
        vocabulary=leads.vocabulary | {"stage": stages, "actor": actors, "cause": causes, "team": team_names},
        actor_team=np.array([team_of.get(teams.get(name, ""), NONE) for name in actors], np.int32),
        labels=leads.labels,
    )
