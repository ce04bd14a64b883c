"""Checks of deals: where they begin, which stages they skip, what they are worth, and which are open only on paper."""

from collections.abc import Callable

import numpy as np

from forecast.crm.checks.subject import Subject
from forecast.crm.facts import What
from forecast.crm.findings import SHOWN, Finding
from sim.eventlog import CODED_LEAD_COLUMNS, NONE, Kind
from sim.kpis.fates import owners
from sim.kpis.visits import Outcome

_GIVES_AWAY = 0.5  # difference in the share of leads of whom a field is known
_ENOUGH_CLOSED = 20  # closed deals from which on the longest one says something


def created_late(subject: Subject) -> Finding | None:
    """Find leads whose stated creation lies after something else that happened to them."""
    walk = subject.walk
    stated = walk.facts.is_a(What.STATED, What.CREATED)
    at_first = np.zeros(len(walk.facts.texts["lead"]), bool)
    at_first[walk.lead[stated & (walk.facts.time == walk.facts.time[walk.first])]] = True
    late = np.unique(walk.lead[stated & ~at_first[walk.lead]])
    examples = tuple(walk.facts.texts["lead"][code] for code in late[:SHOWN])
    what = "leads whose creation date lies after their first event"
    return Finding(
        "created-late", "info", what, len(late), "repaired", "created at their first event instead", examples
    )


def creation_not_seen(subject: Subject) -> Finding | None:
    """Find leads that were there before the export begins, in an export that otherwise tells of creations."""
    walk = subject.walk
    stated = np.unique(walk.lead[walk.facts.is_a(What.STATED, What.CREATED)])
    if not len(stated):
        return None
    unseen = np.setdiff1d(np.unique(walk.lead), stated)
    examples = tuple(walk.facts.texts["lead"][code] for code in unseen[:SHOWN])
    what = "leads whose creation the export does not hold"
    why = "created at their first event instead: their ages are too low"
    return Finding("creation-not-seen", "warning", what, len(unseen), "kept", why, examples)


def ended_nowhere(subject: Subject) -> Finding | None:
    """Find deals that were won or lost without ever having stood in a stage."""
    nowhere = subject.log.of_kind(Kind.WON, Kind.LOST) & (subject.log.events["stage"] == NONE)
    why = "they count as won or lost, but tell nothing of any stage"
    what = "deals that ended without having entered a stage"
    return subject.leads("ended-nowhere", "warning", what, subject.lead[nowhere], why)


def skipped_stages(subject: Subject) -> Finding | None:
    """Find deals that jumped over a stage."""
    stays = subject.visits
    skips = (stays.from_stage != NONE) & (stays.stage > stays.from_stage + 1)
    why = "reps do skip stages; conversions count the stages that were entered"
    return subject.leads("skipped-stage", "info", "deals that skipped a stage", stays.lead[skips], why)


def moved_back(subject: Subject) -> Finding | None:
    """Find deals that went back to an earlier stage."""
    stays = subject.visits
    back = stays.outcome == Outcome.RETURNED
    why = "they stand where they were put; `backward: ignore` leaves them where they were"
    return subject.leads("moved-back", "info", "deals that moved back to an earlier stage", stays.lead[back], why)


def won_without_amount(subject: Subject) -> Finding | None:
    """Find won deals whose amount nobody knows."""
    lead, amount = subject.column("lead", Kind.WON), subject.column("amount", Kind.WON).astype(np.float64)
    bare = lead[np.isnan(amount)].astype(np.int64)
    why = "they count as won, but bookings miss them" if len(bare) < len(lead) else "map an amount if there is one"
    return subject.leads("won-without-amount", "warning", "won deals without an amount", bare, why)


def won_for_nothing(subject: Subject) -> Finding | None:
    """Find won deals whose amount is zero or negative."""
    lead, amount = subject.column("lead", Kind.WON), subject.column("amount", Kind.WON).astype(np.float64)
    why = "a placeholder, a credit note or a mistake; no distribution of amounts holds them"
    what = "won deals with an amount of zero or less"
    return subject.leads("won-for-nothing", "warning", what, lead[amount <= 0].astype(np.int64), why)


def no_amount(subject: Subject) -> Finding | None:
    """Find leads without a list amount, in an export that otherwise has them."""
    unknown = np.isnan(subject.log.leads["amount"].astype(np.float64))
    if unknown.all():
        return None
    why = "the market's distribution draws one where it is needed"
    return subject.leads("no-amount", "info", "leads without an amount", np.flatnonzero(unknown), why)


def no_owner(subject: Subject) -> Finding | None:
    """Find leads that never had an owner, in an export that otherwise has them."""
    owned = np.zeros(subject.log.n_leads, bool)
    owned[subject.column("lead", Kind.ROUTED).astype(np.int64)] = True
    if not owned.any():
        return None
    why = "open ones are routed when a simulation starts"
    return subject.leads("no-owner", "info", "leads without an owner", np.flatnonzero(~owned), why)


def no_cause(subject: Subject) -> Finding | None:
    """Find lost deals without a cause, in an export that otherwise has them."""
    lead, cause = subject.column("lead", Kind.LOST), subject.column("cause", Kind.LOST)
    if (cause == NONE).all():
        return None
    why = "losses by cause leave them out"
    return subject.leads("no-cause", "info", "lost deals without a cause", lead[cause == NONE].astype(np.int64), why)


def unknown_attributes(subject: Subject) -> Finding | None:
    """Find leads of whom an attribute is unknown that the export otherwise has."""
    gone = {name: subject.log.leads[name] == NONE for name in CODED_LEAD_COLUMNS if subject.log.vocabulary[name]}
    counts = {name: int(flags.sum()) for name, flags in gone.items() if flags.any()}
    if not counts:
        return None
    leads = int(np.logical_or.reduce(list(gone.values())).sum())
    examples = tuple(f"{name} ({count})" for name, count in counts.items())
    what = f"leads without {' or '.join(counts)}"
    return Finding("unknown-attribute", "info", what, leads, "kept", "they count under no name", examples)


def gives_the_end_away(subject: Subject) -> Finding | None:
    """Find attributes that are filled in when a deal is won: to predict with them is to know the end already."""
    won = subject.fates.end == Kind.WON
    if min(won.sum(), (~won).sum()) < _ENOUGH_CLOSED:
        return None
    known = {name: subject.log.leads[name] != NONE for name in CODED_LEAD_COLUMNS}
    known["owner"] = owners(subject.log) != NONE
    telling = [name for name, flags in known.items() if flags[won].mean() - flags[~won].mean() > _GIVES_AWAY]
    what = f"fields that are known of won deals and rarely of others: {' and '.join(telling)}"
    why = "filled in at the win, they give it away: leave them out, or map the rep as `closed_by`"
    return Finding("gives-the-end-away", "error", what, len(telling), "kept", why, tuple(telling))


def zombies(subject: Subject) -> Finding | None:
    """Find deals that are open for longer than any deal ever took to close."""
    cycle = (subject.ended - subject.created)[~np.isnan(subject.ended)]
    if len(cycle) < _ENOUGH_CLOSED:
        return None
    age = subject.log.window[1] - subject.created
    dead = np.isnan(subject.ended) & (age > cycle.max())
    what = f"open deals older than {cycle.max():.0f} days, the longest that any of {len(cycle)} closed deals took"
    why = "probably dead: close them in the CRM, or they inflate the pipeline and the opening"
    return subject.leads("zombie", "warning", what, np.flatnonzero(dead), why)


CHECKS: tuple[Callable[[Subject], Finding | None], ...] = (
    created_late, creation_not_seen, ended_nowhere, skipped_stages, moved_back, won_without_amount, won_for_nothing,
    no_amount, no_owner, no_cause, unknown_attributes, gives_the_end_away, zombies,
)  # fmt: skip
"""The checks of this module."""
