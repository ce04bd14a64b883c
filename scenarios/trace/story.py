"""The story of a lead: each row of its log as a sentence, with what it waited for and why it went to whom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.trace.reasons import reason
from scenarios.trace.witness import Choice
from sim.calendar import OpenHours
from sim.engine.causes import HELD, NO_RESPONSE
from sim.eventlog import NONE, EventLog, Kind
from sim.working_time import worked

_WANTS_A_REP = {Kind.ENTERED, Kind.LATENCY_ENDED}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the lead: ``time`` in days since the origin, and a sentence."""

    time: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the log with names instead of codes; empty where it has none."""

    time: float
    kind: Kind
    stage: str
    actor: str
    amount: float
    cause: str


@dataclass(slots=True)
class Teller:
    """Tells one lead's story row by row.

    Attributes
    ----------
    log
        The log of the run.
    lead
        Row of the lead table.
    choices
        What the witness saw (`scenarios.trace.witness.Diary`).
    hours
        Actor → open hours, to tell nights from busy days.
    """

    log: EventLog
    lead: int
    choices: Sequence[Choice]
    hours: Mapping[str, OpenHours]
    ready: float = np.nan
    assigned: float = np.nan
    began: float = np.nan
    answered: float = np.nan
    touches: int = field(default=0)

    def tell(self) -> tuple[Moment, ...]:
        """Tell the whole story."""
        rows = list(rows_of(self.log, self.lead))
        told = []
        for row in rows:
            told.append(Moment(row.time, _SENTENCES[row.kind](self, row)))
            self._note(row)
        if rows and rows[-1].kind not in {Kind.WON, Kind.LOST}:
            end = self.log.window[1]
            told.append(Moment(end, f"still open when the run ends, {end - rows[0].time:.1f} days after it came"))
        return tuple(told)

    def _note(self, row: Row) -> None:
        """Remember since when the lead has waited, and for whom."""
        if row.kind in _WANTS_A_REP:
            self.ready, self.assigned = row.time, np.nan
        if row.kind is Kind.ENTERED:
            self.touches = 0
        if row.kind in {Kind.ROUTED, Kind.CLAIMED, Kind.ESCALATED}:
            self.assigned = row.time
        if row.kind is Kind.STARTED:
            self.began = row.time
        if row.kind is Kind.TOUCHED:
            self.touches, self.answered = self.touches + 1, row.time

    # sentences, one a kind

    def created(self, _: Row) -> str:
        """Say where it comes from and what is known of it."""
        leads, words = self.log.leads, self.log.vocabulary
        names = (
            words[name][code] for name in ("channel", "region", "segment", "product")
            if (code := int(leads[name][self.lead])) != NONE
        )  # fmt: skip
        known = ", ".join(name for name in names if name != "any")
        worth, score = leads["amount"][self.lead], leads["score"][self.lead]
        return f"arrives ({known}; amount {worth:,.0f}, score {score:.0f})"

    def entered(self, row: Row) -> str:
        """Say which stage it enters."""
        return f"enters stage {row.stage}"

    def routed(self, row: Row) -> str:
        """Say to whom it goes and why."""
        why = self._why(row.time, row.actor)
        if why:
            return f"assigned to {row.actor}. {why}"
        nobody = self._why(row.time, "")
        return f"assigned to {row.actor}, who gets what nobody else may. {nobody}" if nobody else f"held by {row.actor}"

    def claimed(self, row: Row) -> str:
        """Say who claims it."""
        return f"claimed from the pool by {row.actor}. {self._why(row.time, row.actor)}".rstrip()

    def unassigned(self, row: Row) -> str:
        """Say why it has no owner."""
        why = self._why(row.time, "") or ("Others wait before it." if row.cause == HELD else "")
        return f"without owner: {row.cause}. {why}".rstrip()

    def started(self, row: Row) -> str:
        """Say who begins a touch, and what the lead waited for."""
        return f"{row.actor} begins touch {self.touches + 1}{self._waited(row)}"

    def touched(self, row: Row) -> str:
        """Say how long the touch took."""
        return f"{row.actor} has finished touch {self.touches + 1} after {_length(row.time - self.began)}"

    def latency_ended(self, row: Row) -> str:
        """Say that the buyer has answered, or that the first touch is due."""
        if self.touches == 0:
            return "is ready for its first touch"
        return f"the buyer has answered, after {_length(row.time - self.answered)}"

    def lost(self, row: Row) -> str:
        """Say why it is lost."""
        where = f" at stage {row.stage}" if row.stage else ""
        unheard = row.cause == NO_RESPONSE and self.touches == 0
        patience = " (the buyer's patience ended before the first touch)" if unheard else ""
        return f"lost{where}: {row.cause}{patience}"

    def won(self, row: Row) -> str:
        """Say how much is won."""
        return f"won: {row.amount:,.0f} booked{f' by {row.actor}' if row.actor else ''}"

    def _waited(self, row: Row) -> str:
        """Say how long the lead had waited: in the queue, for the rep to be at work, for the rep to have time."""
        if not row.time > self.ready:
            return " at once" if row.time == self.ready else ""
        assigned = max(self.ready, self.assigned)
        hours = self.hours.get(row.actor)
        busy = worked(hours.starts, hours.ends, assigned, row.time) if hours else row.time - assigned
        parts = (
            (assigned - self.ready, "for an owner"),
            (row.time - assigned - busy, f"until {row.actor} was at work"),
            (busy, f"while {row.actor} was busy"),
        )
        said = ", ".join(f"{_length(days)} {what}" for days, what in parts if days > 1e-6)
        return f" after waiting {said}" if said else " at once"

    def _why(self, time: float, actor: str) -> str:
        """Return the reason of the choice made at a time for an actor; with no actor, why nobody was found."""
        for choice in self.choices:
            chosen = choice.names[choice.chosen] if choice.chosen >= 0 else ""
            if choice.time == time and chosen == actor:
                return reason(choice)
        return ""


def rows_of(log: EventLog, lead: int) -> Iterator[Row]:
    """Yield a lead's rows in order."""
    for place in np.flatnonzero(log.column("lead") == lead):
        stage, actor, cause = (
            log.vocabulary[name][code] if (code := int(log.column(name)[place])) != NONE else ""
            for name in ("stage", "actor", "cause")
        )
        time, kind, amount = (log.column(name)[place] for name in ("time", "kind", "amount"))
        yield Row(float(time), Kind(int(kind)), stage, actor, float(amount), cause)


def _plain(text: str) -> Callable[[Teller, Row], str]:
    return lambda _, row: text.format(stage=row.stage, actor=row.actor or "nobody", cause=row.cause)


_SENTENCES: dict[Kind, Callable[[Teller, Row], str]] = {
    **{kind: _plain(kind.name.lower().replace("_", " ")) for kind in Kind},
    Kind.CREATED: Teller.created,
    Kind.ENTERED: Teller.entered,
    Kind.ROUTED: Teller.routed,
    Kind.CLAIMED: Teller.claimed,
    Kind.UNASSIGNED: Teller.unassigned,
    Kind.STARTED: Teller.started,
    Kind.TOUCHED: Teller.touched,
    Kind.LATENCY_ENDED: Teller.latency_ended,
    Kind.LOST: Teller.lost,
    Kind.WON: Teller.won,
    Kind.ADVANCED: _plain("advances from {stage}"),
    Kind.NURTURED: _plain("no need now: goes to nurture"),
    Kind.WOKEN: _plain("wakes up in nurture"),
    Kind.REMINDED: _plain("{actor} is reminded: no first touch yet"),
    Kind.BREACHED: _plain("the promise of a first touch is broken by {actor}"),
    Kind.RECAPTURED: _plain("taken back from {actor}"),
    Kind.ESCALATED: _plain("goes to the manager {actor}"),
    Kind.EXPERT_REQUESTED: _plain("{actor} asked to help"),
    Kind.EXPERT_STARTED: _plain("{actor} at work on it"),
    Kind.EXPERT_FINISHED: _plain("{actor} done"),
}  # fmt: skip


def _length(days: float) -> str:
    minutes = 24 * 60 * days
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{24 * days:.1f} h" if days < 2 else f"{days:.1f} d"
