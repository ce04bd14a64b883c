"""Checks of names: reps whom nobody lists, reps who never appear, and one name in two spellings."""

import re
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from forecast.crm.checks.subject import Subject
from forecast.crm.findings import SHOWN, Finding, unknown_names
from sim.eventlog import CODED_LEAD_COLUMNS, NONE

_ENOUGH_EVENTS, _ALL_HOURS = 200, 22


def not_listed(subject: Subject) -> Finding | None:
    """Find reps who act but aren't in the company's list."""
    unlisted = [rep for rep in subject.roster if not rep.listed and not rep.system]
    if not unlisted:
        return None
    listed = [rep.name for rep in subject.roster if rep.listed]
    names = [rep.name for rep in unlisted]
    return unknown_names("not-in-roster", "reps who act but are not in the list of reps", len(names), names, listed)


def never_seen(subject: Subject) -> Finding | None:
    """Find listed reps who never act."""
    names = [rep.name for rep in subject.roster if not rep.events]
    why = "new, gone, or spelled differently in the deals"
    return Finding("never-seen", "info", "listed reps who never act", len(names), "kept", why, tuple(names[:SHOWN]))


def looks_automatic(subject: Subject) -> Finding | None:
    """Find actors who work around the clock, as only a program does."""
    if not subject.walk.facts.timed:
        return None
    actor = subject.log.events["actor"].astype(np.int64)
    acting = (actor != NONE) & subject.person
    pairs = np.unique(actor[acting] * 24 + subject.hour[acting])
    hours = np.bincount(pairs // 24, minlength=len(subject.roster))
    enough = (rep for rep, n in zip(subject.roster, hours, strict=True) if n >= _ALL_HOURS)
    tireless = [rep.name for rep in enough if rep.events >= _ENOUGH_EVENTS]
    what = f"actors who act in {_ALL_HOURS} or more hours of the day"
    why = "a program? name it under `system_actors`"
    return Finding("looks-automatic", "info", what, len(tireless), "kept", why, tuple(tireless[:SHOWN]))


def two_spellings(subject: Subject) -> Finding | None:
    """Find names that differ only in capitals, blanks and punctuation."""
    pairs = []
    for vocabulary in ("actor", "cause", *CODED_LEAD_COLUMNS):
        alike = defaultdict(list)
        for name in subject.log.vocabulary[vocabulary]:
            alike[re.sub(r"[\W_]+", "", name).casefold() or name].append(name)
        pairs += [f"{vocabulary}: {' = '.join(names)}" for names in alike.values() if len(names) > 1]
    what = "names in more than one spelling"
    why = "they count as different; make them one under `aliases` if they are"
    return Finding("two-spellings", "warning", what, len(pairs), "kept", why, tuple(pairs[:SHOWN]))


CHECKS: tuple[Callable[[Subject], Finding | None], ...] = (not_listed, never_seen, looks_automatic, two_spellings)
"""The checks of this module."""
