"""Walks into an event log: a row says of a deal what a person would say of it.

At its creation a lead is ``created``; it ``entered`` a stage and was ``routed`` to an owner; it ``advanced`` out of a stage when the
next one is later, and just enters where it moves back; at its end it was ``won`` or ``lost`` in the stage in which it stood. Amounts
stand on the rows created, advanced, lost (the list amount as known then) and won (the amount booked).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.crm.facts import ATTRIBUTES, Facts, What
from forecast.crm.findings import Ledger, Rows
from forecast.crm.parsing import MICROS_A_DAY, Flags, Micros
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
        full = {"stage": NONE, "actor": facts.actor[places], "cause": NONE, "amount": np.nan, "time": facts.time[places]} | columns
        part = {name: np.broadcast_to(np.asarray(value), places.shape) for name, value in full.items()}
        self.parts.append({**part, "lead": self.walk.lead[places], "place": places, "rank": np.full(len(places), rank), "kind": np.full(len(places), int(kind))})  # fmt: skip

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return all rows in order of time, and within an instant in the order in which they happened."""
        columns = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        order = np.lexsort((columns.pop("rank"), columns.pop("place"), columns["time"]))
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
    created = _created(walk)
    rows = _Rows(walk)
    starts = np.unique(walk.first)
    rows.add(Kind.CREATED, starts, _EARLIER, time=created, amount=walk.facts.amount[walk.facts.row[starts]], actor=_creator(walk, starts))  # fmt: skip
    _add_moves(rows)
    _add_owners(rows)
    _add_work(rows, touches(walk, ledger))
    origin = _midnight(int(created.min()), zone)
    columns = rows.columns()
    return _log(walk, columns, created, origin, end, teams)


def _created(walk: Walk) -> Micros:
    """When each lead was created: at its first fact, which is its creation where that is known."""
    return walk.facts.time[np.unique(walk.first)]


def _creator(walk: Walk, starts: Rows) -> Codes:
    return np.where(walk.facts.what[starts] == What.CREATED, walk.facts.actor[starts], NONE)


def _add_moves(rows: _Rows) -> None:
    walk, facts = rows.walk, rows.walk.facts
    amount = _known_amount(walk)
    before = walk.before
    onward = np.flatnonzero(walk.enters & (before != NONE) & (before < walk.stands))
    rows.add(Kind.ADVANCED, onward, _FIRST, stage=before[onward], amount=amount[onward])
    entering = np.flatnonzero(walk.enters)
    rows.add(Kind.ENTERED, entering, _SECOND, stage=walk.stands[entering])
    lost = np.flatnonzero(walk.exits & facts.is_a(What.LOST))
    rows.add(Kind.LOST, lost, _SECOND, stage=walk.stands[lost], amount=amount[lost], cause=facts.cause[lost])
    won = np.flatnonzero(walk.exits & facts.is_a(What.WON))
    rows.add(Kind.WON, won, _SECOND, stage=walk.stands[won], amount=_booked(walk)[walk.lead[won]])


def _known_amount(walk: Walk) -> Floats:
    """List amount as known at each fact."""
    amount = walk.facts.amount[walk.facts.row]
    places = walk.last_flagged(~np.isnan(amount))
    return np.where(places >= 0, amount[places], np.nan)


def _booked(walk: Walk) -> Floats:
    """Amount booked of each lead: the last that its winning rows say, else the last list amount, where they are one column."""
    facts, wins = walk.facts, walk.facts.is_a(What.WON)
    if facts.won_amount is not None:
        return _last_known(walk, np.where(wins, facts.won_amount[facts.row], np.nan))
    return _last_known(walk, facts.amount[facts.row])


def _last_known(walk: Walk, values: Floats) -> Floats:
    known = np.flatnonzero(~np.isnan(values))
    last = np.full(int(walk.lead.max(initial=-1)) + 1, np.nan)
    last[walk.lead[known]] = values[known]  # of repeated leads the last assignment stays: the latest fact
    return last


def _add_owners(rows: _Rows) -> None:
    """Route a deal wherever its owner is another than before; an end is its last owner's."""
    walk = rows.walk
    owner = walk.facts.owner[walk.facts.row]
    places = np.flatnonzero((owner != NONE) & ~_after_end(walk))
    lead = walk.lead[places]
    changed = np.append(True, (lead[1:] != lead[:-1]) | (np.diff(owner[places]) != 0))[: len(places)]
    places = places[changed]
    ending = walk.exits[places]
    for rank, which in ((_EARLIER, places[ending]), (_THIRD, places[~ending])):
        rows.add(Kind.ROUTED, which, rank, stage=walk.stands[which], actor=owner[which])


def _after_end(walk: Walk) -> Flags:
    ends = walk.last_flagged(walk.exits)
    return np.asarray((ends >= 0) & (ends < np.arange(len(ends))))


def _add_work(rows: _Rows, work: Touches) -> None:
    ready = np.flatnonzero(rows.walk.facts.is_a(What.READY))
    rows.add(Kind.LATENCY_ENDED, ready, _SECOND, stage=rows.walk.stands[ready], actor=NONE)
    rows.add(Kind.STARTED, work.starts, _SECOND, stage=work.start_stage)
    rows.add(Kind.TOUCHED, work.ends, _SECOND, stage=work.end_stage)


def _midnight(micros: int, zone: ZoneInfo) -> datetime:
    return pd.Timestamp(micros, unit="us", tz="UTC").tz_convert(zone).normalize().to_pydatetime()


def days_since(origin: datetime, micros: Micros | int) -> Floats:
    """Turn microseconds since 1970 into days since the origin."""
    return np.asarray((np.asarray(micros) - micros_of(origin)) / MICROS_A_DAY)


def micros_of(instant: datetime) -> int:
    """Turn an instant with a zone into whole microseconds since 1970."""
    return (instant - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))) // timedelta(microseconds=1)


def _log(walk: Walk, columns: dict[str, npt.NDArray[np.generic]], created: Micros, origin: datetime, end: int, teams: dict[str, str]) -> EventLog:  # fmt: skip
    facts = walk.facts
    codes = walk.lead[np.unique(walk.first)]
    labels = np.array([facts.texts["lead"][code] for code in codes], object)
    order = np.lexsort((labels.astype(str), created))
    place = np.full(len(facts.texts["lead"]), NONE)
    place[codes[order]] = np.arange(len(order))
    actor, actors = _compact(columns["actor"], facts.texts["person"], tuple(teams))
    cause, causes = _compact(columns["cause"], facts.texts["cause"])
    leads, vocabulary = _leads(walk, codes[order], days_since(origin, created[order]))
    vocabulary |= {"stage": facts.texts["stage"], "actor": actors, "cause": causes, "team": tuple(sorted({*teams.values()} - {""}))}
    team_of = {team: code for code, team in enumerate(vocabulary["team"])}
    return EventLog(
        origin=origin,
        window=(float(days_since(origin, created.min())), float(days_since(origin, end))),
        events=columns | {"time": days_since(origin, columns["time"]), "lead": place[columns["lead"]], "actor": actor, "cause": cause},
        leads=leads,
        vocabulary=vocabulary,
        actor_team=np.array([team_of.get(teams.get(name, ""), NONE) for name in actors], np.int32),
        labels=tuple(labels[order]),
    )


def _leads(walk: Walk, codes: Codes, created: Floats) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, tuple[str, ...]]]:
    """Return the lead table and its vocabularies: of every attribute the last that was known."""
    facts = walk.facts
    columns: dict[str, npt.NDArray[np.generic]] = {"created": created}
    vocabulary = {}
    for name in ATTRIBUTES:
        said = facts.attributes[name][facts.row]
        last = np.full(len(facts.texts["lead"]), NONE, np.int32)
        last[walk.lead[said != NONE]] = said[said != NONE]  # the latest fact is assigned last and stays
        columns[name], vocabulary[name] = _compact(last[codes], facts.texts[name])
    amount = np.append(_last_known(walk, facts.amount[facts.row]), np.nan)[codes]
    unknown = np.full(len(codes), np.nan)
    number = pd.Series(columns["channel"]).groupby(columns["channel"]).cumcount().to_numpy()
    return {**columns, "number": number, "amount": amount, "score": unknown, "quality": unknown}, vocabulary


def _compact(codes: npt.NDArray[np.generic], texts: tuple[str, ...], more: tuple[str, ...] = ()) -> tuple[Codes, tuple[str, ...]]:
    """Keep the texts that are used, sorted, then those of ``more``: a log must not tell of names that it hasn't met yet."""
    used = [int(code) for code in np.unique(codes) if code != NONE]
    names = sorted({texts[code] for code in used})
    names += [name for name in more if name not in set(names)]
    place = {name: code for code, name in enumerate(names)}
    recode = np.full(len(texts) + 1, NONE, np.int32)
    recode[used] = [place[texts[code]] for code in used]
    return recode[codes], tuple(names)
