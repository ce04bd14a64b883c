"""When are two experiments the same to the last byte: if they ask the same, of the same program."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256

import scenarios
import sim
from scenarios.experiment import Experiment
from scenarios.selection import Rule
from sim.spec import canonical
from studies.compiled_rules import state_of_sources
from studies.store import versions

_READABLE = 100
"""Characters up to which a value is written out; a funnel is longer, its hash is enough."""


@cache
def computing() -> Mapping[str, str]:
    """Return what computes: versions of the program and its libraries, and the state of the sources that matter."""
    return {**versions(), "sources": state_of_sources(sim, scenarios)[:16]}


def identity(experiment: Experiment, rule: Rule | None = None) -> dict[str, str]:
    """Return everything that the results of an experiment depend on, a name and a short text each.

    ``rule`` is the procedure that chooses among its plans, where there is one.
    """
    asked = {field.name: _brief(getattr(experiment, field.name)) for field in fields(experiment)}
    chosen_by = {} if rule is None else {"rule": _brief(rule)}
    return {**asked, **chosen_by, **computing()}


def _brief(value: object) -> str:
    text = canonical(value)
    return text if len(text) <= _READABLE else f"sha256 {sha256(text.encode()).hexdigest()[:16]}"
