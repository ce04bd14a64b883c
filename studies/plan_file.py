"""Plans of the app's panel as a scenario file, the one that ``headrace compare --scenarios`` reads, and back.

An upload is foreign input. Only levers that the panel has are read, and of routing policies only those that are put
together from parts that ship: a policy's own code stays with the command line.
"""

from collections.abc import Iterator, Mapping, Sequence

import yaml
from pydantic import ValidationError

from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.sla import ChangeSla
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.scenario import Lever, Scenario
from sim.errors import DataError, HeadraceError
from sim.operation import Sla, SlaAction, SlaStep
from sim.routing.registry import POLICIES
from sim.spec import FunnelSpec
from sim.units import HOUR
from studies.changes import listed
from studies.composed import FILTERS, RANKINGS, name_of
from studies.config import ScenarioFile, read_scenarios, write_scenarios
from studies.view import MOST_PLANS, Hire, Odds, Plan

LONGEST = 50_000
"""Characters of a file that are read; eight plans of the panel take some three thousand."""
LEVERS = ("routing", "change-headcount", "scale-leads", "sla", "conversion")
"""The levers that the panel has."""

_ROUTING = frozenset({*POLICIES, *FILTERS, *RANKINGS, "routing", "rank", "eligible", "relax", "team", "true", "false"})


def write_plans(plans: Sequence[Plan], target: float) -> str:
    """Write plans as a scenario file; a target of 0 is none."""
    return write_scenarios(ScenarioFile(listed(plans)[1:], target=target or None))


def read_plans(text: str, spec: FunnelSpec) -> tuple[tuple[Plan, ...], float]:
    """Read the plans of a scenario file, checked against a funnel, and its target (0: none).

    Raises
    ------
    DataError
        If the file is too long, is no scenario file, doesn't fit the funnel, or holds what the panel hasn't.
    """
    if len(text) > LONGEST:
        raise DataError(f"the scenario file has {len(text):,} characters; at most {LONGEST:,} are read here")
    try:
        _refuse_foreign(text)
        file = read_scenarios(f"{text}\n", spec)
        plans = tuple(_plan(scenario) for scenario in file.plans)
    except DataError:
        raise
    except HeadraceError as error:
        raise DataError(str(error)) from None
    if len(plans) > MOST_PLANS:
        raise DataError(f"the scenario file holds {len(plans)} plans; at most {MOST_PLANS} stand in a list here")
    return plans, file.target or 0.0


def _refuse_foreign(text: str) -> None:
    """Refuse, before anything is made of it, what the panel hasn't and what YAML could blow up or run."""
    try:
        tokens = list(yaml.scan(text))
        special = any(isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken) for token in tokens)
        data = None if special else yaml.load(text, yaml.BaseLoader)  # noqa: S506 - reads texts, lists and tables only
    except (yaml.YAMLError, RecursionError):
        return  # the reader of scenario files says where it is no YAML
    if special:
        raise DataError("the scenario file uses YAML's anchors or tags (& * !); write the values out")
    for name, told in _levers_in(data):
        if name not in LEVERS:
            fix = "use headrace compare --scenarios for this file"
            raise DataError(f"the panel has no lever {name[:40]!r}, only {', '.join(LEVERS)}; {fix}")
        strange = set(_texts(told)) - _ROUTING if name == "routing" else set()
        if strange and not (isinstance(told, Mapping) and strange == {told.get("team")}):
            said = ", ".join(sorted(each[:40] for each in strange))
            raise DataError(f"a routing policy here is one that ships or put together from its parts, got {said}")


def _levers_in(data: object) -> Iterator[tuple[str, object]]:
    plans = data.get("plans") if isinstance(data, Mapping) else None
    for plan in plans if isinstance(plans, list) else ():
        levers = plan.get("levers") if isinstance(plan, Mapping) else None
        for lever in levers if isinstance(levers, list) else ():
            yield from ((str(name), told) for name, told in lever.items()) if isinstance(lever, Mapping) else ()
            yield from ((str(lever), {}),) if not isinstance(lever, Mapping) else ()


def _texts(value: object) -> Iterator[str]:
    match value:
        case Mapping():
            for key, each in value.items():
                yield str(key)
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str():
            yield value


def _plan(scenario: Scenario) -> Plan:
    told: dict[str, object] = {}
    for lever in scenario.levers:
        for field, value in _field(scenario.name, lever).items():
            if isinstance(value, tuple):
                told[field] = (*told.get(field, ()), *value)  # type: ignore[misc] # of the same field
            elif field in told:
                raise DataError(f"plan {scenario.name!r}: the panel sets {field} once, the file sets it twice")
            else:
                told[field] = value
    try:
        return Plan.model_validate({"name": scenario.name, **told})
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(
            f"plan {scenario.name!r}: {first['loc'][0]}: {first['msg'].lower()}; the panel goes no further"
        ) from None


def _field(plan: str, lever: Lever) -> dict[str, object]:
    """Return what a lever sets on the panel."""
    match lever:
        case ChangeRouting(routing=routing, team=None, pool=None) if name := name_of(routing):
            return {"policy": name}
        case ChangeHeadcount() if lever == ChangeHeadcount(lever.team, lever.change, regions=lever.regions):
            if lever.regions is None or len(lever.regions) == 1:
                region = lever.regions[0] if lever.regions else ""
                return {"hires": (Hire(team=lever.team, change=lever.change, region=region),)}
        case ScaleLeads(factor=factor, channel=None):
            return {"leads": factor}
        case ChangeSla(sla=Sla(steps=(SlaStep(after=after, action=SlaAction.NEXT_REP),)) as sla, team=None):
            if sla == Sla(steps=sla.steps):
                return {"promise_hours": after / HOUR}
        case ShiftConversion(stage=stage, points=points):
            return {"odds": (Odds(stage=stage, points=points),)}
    fix = "the panel can't show that; use headrace compare --scenarios for this file"
    raise DataError(f"plan {plan!r}: {lever.describe().rstrip('.')}: {fix}")
