"""Plans as a command line says them: routing policies, reps more or fewer, promises of a first touch.

--policies round-robin,own.py:choose_rep
--headcount closers:+2
--sla 'desk: remind 30 min, next rep 4 h'      --sla none
"""

from collections.abc import Sequence
from pathlib import Path

from scenarios.levers.routing import ChangeRouting
from scenarios.levers.sla import ChangeSla
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.scenario import Scenario
from sim.errors import SpecError
from sim.operation import Sla, SlaAction, SlaStep
from sim.routing.registry import POLICIES
from studies.config.lengths import read_length
from studies.config.policy_file import read_policy

BASELINE = "as is"
"""Name of the plan that changes nothing."""


def read_plans(policies: str = "", headcount: Sequence[str] = (), sla: Sequence[str] = ()) -> tuple[Scenario, ...]:
    """Return the baseline and one plan for each change.

    Parameters
    ----------
    policies
        Names of routing policies, parted by commas; ``file.py:function`` is one of the company's own.
    headcount
        Each ``team:+2`` or ``team:-1``.
    sla
        Each ``action length, ...`` or ``none``, with ``team:`` before it for one team only.

    Raises
    ------
    SpecError, UnknownNameError
        If a plan can't be read.
    """
    plans = [_policy(name) for name in (part.strip() for part in policies.split(",")) if name]
    plans += [_headcount(text) for text in headcount]
    plans += [_sla(text) for text in sla]
    if not plans:
        raise SpecError(
            "nothing to compare; give --policies, --headcount or --sla, such as --policies least-open,random"
        )
    return (Scenario(BASELINE), *plans)


def _policy(name: str) -> Scenario:
    routing = read_policy(name, Path())
    return Scenario(Path(name).name, (ChangeRouting(name if name in POLICIES else routing),))


def _headcount(text: str) -> Scenario:
    team, _, change = text.rpartition(":")
    try:
        number = int(change)
    except ValueError:
        number = 0
    if not team or not number:
        raise SpecError(f"no headcount {text!r}; write team:+2 or team:-1")
    reps = "rep" if abs(number) == 1 else "reps"
    return Scenario(f"{team} {number:+d} {reps}", (ChangeHeadcount(team.strip(), number),))


def _sla(text: str) -> Scenario:
    team, colon, promise = text.rpartition(":")
    whose = team.strip() if colon else None
    sla = None if promise.strip() == "none" else Sla(steps=tuple(_step(part, text) for part in promise.split(",")))
    name = "no SLA" if sla is None else f"SLA: {promise.strip()}"
    return Scenario(f"{name} ({whose})" if whose else name, (ChangeSla(sla, whose),))


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
