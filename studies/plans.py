"""Plans as a command line says them, and how exactly they are to be told apart.

--policies round-robin,own.py:choose_rep
--headcount closers:+2
--sla 'desk: remind 30 min, next rep 4 h'      --sla none
"""

from collections.abc import Sequence
from pathlib import Path

from scenarios.levers.routing import ChangeRouting
from scenarios.levers.sla import ChangeSla
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.scenario import AS_IS, Scenario
from scenarios.selection import Budget, KimNelson, Rule
from sim.errors import SpecError, require
from sim.operation import Sla, SlaAction, SlaStep
from sim.routing.registry import POLICIES
from studies.config.lengths import read_length
from studies.config.policy_file import read_policy

__all__ = ["AS_IS", "read_plans", "read_precision", "read_rule", "read_share", "read_sla"]

_FIRST_OF_BUDGET = 10
"""Runs of every plan with which a budget begins: enough to see which are far behind."""
_TOO_MANY = 10_000
"""No team has so many more reps: it is a slip of the key, and would fill the memory."""


def read_plans(
    policies: str = "", headcount: Sequence[str] = (), sla: Sequence[str] = (), more: Sequence[Scenario] = ()
) -> tuple[Scenario, ...]:
    """Return the baseline, one plan for each change, and the plans of a scenario file.

    Parameters
    ----------
    policies
        Names of routing policies, parted by commas; ``file.py:function`` is one of the company's own.
    headcount
        Each ``team:+2`` or ``team:-1``.
    sla
        Each ``action length, ...`` or ``none``, with ``team:`` before it for one team only.
    more
        Plans that are there already.

    Raises
    ------
    SpecError, UnknownNameError
        If a plan can't be read.
    """
    plans = [_policy(name) for name in (part.strip() for part in policies.split(",")) if name]
    plans += [_headcount(text) for text in headcount]
    plans += [*(_sla(text) for text in sla), *more]
    if not plans:
        raise SpecError(
            "nothing to compare; give --policies, --headcount or --sla, such as --policies least-open,random"
        )
    return (AS_IS, *plans)


def read_precision(text: str) -> float | None:
    """Return the share that ``2%`` or ``0.02`` stands for, None for an empty text."""
    return read_share(text, "precision", "2% or 0.02, the half width of an interval against the mean") if text else None


def read_share(text: str, name: str, right: str) -> float:
    """Return the share, above 0 and below 1, that ``2%`` or ``0.02`` stands for; ``right`` says what to write."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise SpecError(f"no {name} {text!r}; write {right}")
    return share


def read_sla(text: str) -> ChangeSla:
    """Return the lever that ``action length, ...`` or ``none`` stands for, with ``team:`` before it for one team."""
    team, colon, promise = text.rpartition(":")
    sla = None if promise.strip() == "none" else Sla(steps=tuple(_step(part, text) for part in promise.split(",")))
    return ChangeSla(sla, team.strip() if colon else None)


def read_rule(indifference: str, confidence: str, *, first: int, most: int, budget: int) -> Rule:
    """Return the procedure that chooses: with a promise, or with a budget of runs if that is above 0."""
    require(budget >= 0, f"budget must be the number of runs in all, or 0 for none, got {budget}")
    if budget:
        return Budget(runs=budget, first=min(first, _FIRST_OF_BUDGET))
    zone = read_share(indifference, "indifference", "1% or 0.01, a difference not worth detecting")
    sure = read_share(confidence, "confidence", "95% or 0.95")
    return KimNelson(relative=zone, confidence=sure, first=first, most=most)


def _policy(name: str) -> Scenario:
    routing = read_policy(name, Path())
    return Scenario(Path(name).name, (ChangeRouting(name if name in POLICIES else routing),))


def _headcount(text: str) -> Scenario:
    team, _, change = text.rpartition(":")
    try:
        number = int(change)
    except ValueError:
        number = 0
    if not team or not 0 < abs(number) < _TOO_MANY:
        raise SpecError(f"no headcount {text!r}; write team:+2 or team:-1, fewer than {_TOO_MANY:,} reps")
    reps = "rep" if abs(number) == 1 else "reps"
    return Scenario(f"{team} {number:+d} {reps}", (ChangeHeadcount(team.strip(), number),))


def _sla(text: str) -> Scenario:
    lever, promise = read_sla(text), text.rpartition(":")[2].strip()
    name = "no SLA" if lever.sla is None else f"SLA: {promise}"
    return Scenario(f"{name} ({lever.team})" if lever.team else name, (lever,))


def _step(part: str, text: str) -> SlaStep:
    words = part.strip()
    action = next((each for each in SlaAction if words.startswith(f"{each.value} ")), None)
    if action is None:
        known = ", ".join(each.value for each in SlaAction)
        raise SpecError(f"no SLA {text!r}; write 'remind 30 min, next rep 4 h' or none; actions are {known}")
    try:
        return SlaStep(after=read_length(words.removeprefix(action.value)), action=action)
    except SpecError:
        raise
    except ValueError as error:
        raise SpecError(f"SLA {text!r}: {error}") from None
