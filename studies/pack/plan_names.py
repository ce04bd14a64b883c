"""What plans are called in the pack's language: those that Headrace names itself; a name that somebody gave stays."""

import re

from studies.composed import is_composed, parts_of
from studies.language import Language, Words
from studies.pack.speaking import named

_AND = ", "
"""Between the changes of a plan that is named by them."""
_CHANGES = (
    ("headcount", re.compile(r"(?P<team>.+) (?P<change>[+-]\d+) reps?")),
    ("odds", re.compile(r"(?P<stage>.+) (?P<points>[+-][\d.]+) points")),
    ("reps_in", re.compile(r"(?P<team>.+) (?P<change>[+-]\d+) (?P<region>\S.*)")),
    ("reps", re.compile(r"(?P<team>.+) (?P<change>[+-]\d+)")),
    ("leads", re.compile(r"leads [×x]\s?(?P<factor>[\d.]+)")),
    ("leads_of", re.compile(r"(?P<channel>.+) ×(?P<factor>[\d.]+)")),
    ("promise", re.compile(r"first touch within (?P<hours>[\d.]+) h")),
    ("in_time", re.compile(r"(?P<team>.+): in time")),
    ("late", re.compile(r"(?P<team>.+): a month later")),
    ("whole", re.compile(r"the plan")),
)  # fmt: skip
"""How `studies.changes`, `studies.plans`, `studies.dial_text` and `scenarios.hiring` name what they change."""


def plan_of(words: Words, name: str) -> str:
    """Return a plan's name in the language, if it is one of those that Headrace gives."""
    if words.language is Language.ENGLISH:
        return _change_of(words, name) if _CHANGES[0][1].fullmatch(name) else named(words, "plan", name)
    parts = name.split(_AND)
    said = [_change_of(words, part) for part in parts]
    return name if said == parts else words("unit.listed").join(said)


def _change_of(words: Words, name: str) -> str:
    if (plain := named(words, "plan", name)) != name:
        return plain
    if is_composed(name) and " " not in name:
        return composed_of(words, name)
    found = ((key, pattern.fullmatch(name)) for key, pattern in _CHANGES)
    return next((words(f"plan_change.{key}", **match.groupdict()) for key, match in found if match), name)


def composed_of(words: Words, name: str) -> str:
    """Return what a policy put together is called: by its parts."""
    filters, rankings = ([part_of(words, part) for part in parts] for parts in parts_of(name))
    ranked = words("plan_change.then").join(rankings)
    if not filters:
        return ranked
    return words("plan_change.among", who=words("unit.listed").join(filters), ranked=ranked)


def part_of(words: Words, part: str) -> str:
    """Return what a filter or a ranking of a policy put together is called."""
    return named(words, "policy_part", part)
