"""Fates: what became of each lead by an instant, one element a lead."""

from dataclasses import dataclass

import numpy as np

from sim.eventlog import NONE, Codes, EventLog, Floats, Kind
from sim.kpis.period import before
from sim.kpis.rows import Flags, Rows, Rows64, by_lead, carry_forward, last_until, rows

END_KINDS = (Kind.LOST, Kind.WON, Kind.MERGED)
"""The kinds that close a lead; one that is let into a stage again is open again."""

OWNING_KINDS = (Kind.ROUTED, Kind.CLAIMED, Kind.ESCALATED)
"""The kinds that make their actor the owner: an escalation gives the deal to the manager."""

ORPHANING_KINDS = (Kind.RECAPTURED, Kind.UNASSIGNED)
"""The kinds after which a lead has no owner."""

_OWNER_KINDS = (*OWNING_KINDS, *ORPHANING_KINDS)


@dataclass(frozen=True, slots=True)
class Fates:
    """Where every lead stands, shape (n leads,) each.

    Attributes
    ----------
    created, first_touch, ended
        Days since the origin of the creation, of the first finished touch and of the row that closed the lead; infinite
        where that hasn't happened (for a row of the lead table without events, all three).
    end
        `Kind.LOST`, `Kind.WON` or `Kind.MERGED`; `NONE` while open.
    """

    created: Floats
    first_touch: Floats
    ended: Floats
    end: Codes

    @property
    def is_lead(self) -> Flags:
        """Flag the leads that exist and weren't merged into another: a duplicate is no lead."""
        return np.isfinite(self.created) & np.not_equal(self.end, Kind.MERGED)

    @property
    def is_open(self) -> Flags:
        """Flag the leads that exist and aren't closed."""
        return np.isfinite(self.created) & np.equal(self.end, NONE)


def fates(log: EventLog, at: float | None = None) -> Fates:
    """Return what had become of the leads at an instant, the end of the window by default (days since the origin)."""
    known = rows(log, Kind.CREATED, Kind.ENTERED, Kind.TOUCHED, *END_KINDS)
    known = known.take(known.time < before(log, log.window[1] if at is None else at))
    last = known.take(known.of(Kind.ENTERED, *END_KINDS))
    end = np.full(log.n_leads, NONE, np.int32)
    end[last.lead] = np.where(last.of(Kind.ENTERED), NONE, last.kind)  # of several rows of a lead the last one stays
    ended = np.full(log.n_leads, np.inf)
    ended[last.lead] = np.where(last.of(Kind.ENTERED), np.inf, last.time)
    created, touched = (first_times(known.take(known.of(kind)), log.n_leads) for kind in (Kind.CREATED, Kind.TOUCHED))
    return Fates(created, touched, ended, end)


def first_times(chosen: Rows, n_leads: int) -> Floats:
    """Return the time of each lead's first row, shape (n leads,), infinite for leads without one."""
    time = np.full(n_leads, np.inf)
    time[chosen.lead[::-1]] = chosen.time[::-1]
    return time


def owners(log: EventLog, at: float | None = None) -> Codes:
    """Return each lead's owner (actor code, `NONE` for nobody) at an instant, the end of the window by default."""
    last = _last_owner_rows(log, at)
    owner = np.full(log.n_leads, NONE, np.int32)
    owner[last.lead] = np.where(last.of(*OWNING_KINDS), last.actor, NONE)
    return owner


def owners_when(log: EventLog, lead: Rows64, time: Floats) -> Codes:
    """Return who owned some leads at some instants (actor code, `NONE` for nobody): ``lead`` and ``time`` (n,) each."""
    told = by_lead(log, *_OWNER_KINDS)
    told = told.take(_tells_owner(told))
    # NONE is -1, which picks the value appended
    owner = np.append(np.where(told.of(*OWNING_KINDS), told.actor, NONE), NONE)
    return owner[last_until((told.lead, told.time), (lead, time))].astype(np.int32)


def orphans(log: EventLog, at: float | None = None) -> Flags:
    """Flag the open leads that were taken back, or found nobody, and have no owner since; nurture needs none."""
    last = _last_owner_rows(log, at, Kind.NURTURED)
    orphaned = np.zeros(log.n_leads, bool)
    orphaned[last.lead] = last.of(*ORPHANING_KINDS)
    return orphaned & fates(log, at).is_open


def with_owner(log: EventLog, *kinds: Kind) -> Rows:
    """Return the events of the given kinds, lead by lead, the owner of the moment as actor where they name none."""
    story = by_lead(log, *_OWNER_KINDS, *kinds)
    place = carry_forward(story.of(*_OWNER_KINDS) & _tells_owner(story))
    owned = (place != NONE) & (story.lead[place] == story.lead) & story.of(*OWNING_KINDS)[place]
    owner = np.where(owned, story.actor[place], NONE).astype(np.int32)
    actor = np.where(story.actor == NONE, owner, story.actor)
    chosen = Rows(story.time, story.lead, story.kind, story.stage, actor, story.amount, story.cause)
    return chosen.take(chosen.of(*kinds))


def _last_owner_rows(log: EventLog, at: float | None, *others: Kind) -> Rows:
    """Return the rows, up to an instant, that say who owns what; of several rows of a lead the last one holds."""
    settling = rows(log, *_OWNER_KINDS, *others)
    return settling.take(_tells_owner(settling) & (settling.time < before(log, log.window[1] if at is None else at)))


def _tells_owner(chosen: Rows) -> Flags:
    """Leave out the escalations to nobody in particular: they change no owner."""
    return ~chosen.of(Kind.ESCALATED) | np.not_equal(chosen.actor, NONE)
