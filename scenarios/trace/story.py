"""The story of a lead: each row of its log as a sentence, with what it waited for and why it went to whom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.trace.phrases import Phrases
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
    phrases
        The sentences of the language that it is told in.
    """

    log: EventLog
    lead: int
    choices: Sequence[Choice]
    hours: Mapping[str, OpenHours]
    phrases: Phrases
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
            told.append(Moment(row.time, _SENTENCES.get(row.kind, Teller.plain)(self, row)))
            self._note(row)
        if rows and rows[-1].kind not in {Kind.WON, Kind.LOST}:
            end = self.log.window[1]
            told.append(Moment(end, self.phrases.say("still_open", days=f"{end - rows[0].time:.1f}")))
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

    def plain(self, row: Row) -> str:
        """Say what a row says by its kind, stage and actor alone."""
        return self.phrases.say(f"kind_{row.kind.name.lower()}", stage=row.stage, actor=row.actor or "–")

    def created(self, _: Row) -> str:
        """Say where it comes from and what is known of it."""
        leads, words = self.log.leads, self.log.vocabulary
        names = (
            words[name][code] for name in ("channel", "region", "segment", "product")
            if (code := int(leads[name][self.lead])) != NONE
        )  # fmt: skip
        known = self.phrases.say("comma").join(name for name in names if name != "any")
        worth, score = leads["amount"][self.lead], leads["score"][self.lead]
        return self.phrases.say("arrives", known=known, amount=f"{worth:,.0f}", score=f"{score:.0f}")

    def routed(self, row: Row) -> str:
        """Say to whom it goes and why."""
        if why := self._why(row.time, row.actor):
            return self.phrases.say("assigned", actor=row.actor, why=why)
        if nobody := self._why(row.time, ""):
            return self.phrases.say("left_over", actor=row.actor, why=nobody)
        return self.phrases.say("held", actor=row.actor)

    def claimed(self, row: Row) -> str:
        """Say who claims it."""
        return self.phrases.say("claimed", actor=row.actor, why=self._why(row.time, row.actor)).rstrip()

    def unassigned(self, row: Row) -> str:
        """Say why it has no owner."""
        why = self._why(row.time, "") or (self.phrases.say("others_first") if row.cause == HELD else "")
        return self.phrases.say("no_owner", cause=self.phrases.name(row.cause), why=why).rstrip()

    def started(self, row: Row) -> str:
        """Say who begins a touch, and what the lead waited for."""
        return self.phrases.say("begins", actor=row.actor, n=self.touches + 1, waited=self._waited(row))

    def touched(self, row: Row) -> str:
        """Say how long the touch took."""
        length = self.phrases.length(row.time - self.began)
        return self.phrases.say("finished", actor=row.actor, n=self.touches + 1, length=length)

    def latency_ended(self, row: Row) -> str:
        """Say that the buyer has answered, or that the first touch is due."""
        if self.touches == 0:
            return self.phrases.say("first_due")
        return self.phrases.say("answered", length=self.phrases.length(row.time - self.answered))

    def lost(self, row: Row) -> str:
        """Say why it is lost."""
        where = self.phrases.say("at_stage", stage=row.stage) if row.stage else ""
        unheard = row.cause == NO_RESPONSE and self.touches == 0
        patience = self.phrases.say("patience_ended") if unheard else ""
        return self.phrases.say("lost", where=where, cause=self.phrases.name(row.cause), patience=patience)

    def won(self, row: Row) -> str:
        """Say how much is won."""
        by = self.phrases.say("won_by", actor=row.actor) if row.actor else ""
        return self.phrases.say("won", amount=f"{row.amount:,.0f}", by=by)

    def _waited(self, row: Row) -> str:
        """Say how long the lead had waited: in the queue, for the rep to be at work, for the rep to have time."""
        if not row.time > self.ready:
            return self.phrases.say("at_once") if row.time == self.ready else ""
        assigned = max(self.ready, self.assigned)
        hours = self.hours.get(row.actor)
        busy = worked(hours.starts, hours.ends, assigned, row.time) if hours else row.time - assigned
        parts = (
            (assigned - self.ready, "for_an_owner"),
            (row.time - assigned - busy, "until_at_work"),
            (busy, "while_busy"),
        )
        said = [
            self.phrases.say(what, length=self.phrases.length(days), actor=row.actor)
            for days, what in parts
            if days > 1e-6
        ]
        comma = self.phrases.say("comma")
        return self.phrases.say("waited", parts=comma.join(said)) if said else self.phrases.say("at_once")

    def _why(self, time: float, actor: str) -> str:
        """Return the reason of the choice made at a time for an actor; with no actor, why nobody was found."""
        for choice in self.choices:
            chosen = choice.names[choice.chosen] if choice.chosen >= 0 else ""
            if choice.time == time and chosen == actor:
                return reason(choice, self.phrases)
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


_SENTENCES: dict[Kind, Callable[[Teller, Row], str]] = {
    Kind.CREATED: Teller.created,
    Kind.ROUTED: Teller.routed,
    Kind.CLAIMED: Teller.claimed,
    Kind.UNASSIGNED: Teller.unassigned,
    Kind.STARTED: Teller.started,
    Kind.TOUCHED: Teller.touched,
    Kind.LATENCY_ENDED: Teller.latency_ended,
    Kind.LOST: Teller.lost,
    Kind.WON: Teller.won,
}
"""Kinds of row that say more than their stage and actor."""
