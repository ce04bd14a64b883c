"""Plans out of the app's panel as scenarios, each change by itself too, so that a plan's effect can be taken apart."""

from collections.abc import Sequence
from dataclasses import replace

from forecast.calibration.teams import AUTOMATIC
from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.sla import ChangeSla
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.scenario import AS_IS, Lever, Scenario
from sim.operation import Sla, SlaAction, SlaStep
from sim.spec import FunnelSpec
from sim.units import HOUR
from studies.composed import routing_of
from studies.view import Odds, Plan

WHOLE = "the plan"
"""Name of a plan that has none."""

type Scenarios = tuple[Scenario, ...]
"""The baseline, then plans."""


def staffed_teams(spec: FunnelSpec) -> tuple[str, ...]:
    """Return the teams that people can be hired for: all but the one of stages that no person was seen working."""
    return tuple(team.name for team in spec.operation.teams if team.name != AUTOMATIC)


def levers_of(plan: Plan) -> tuple[tuple[str, Lever], ...]:
    """Return the levers of a plan, each with a name that tells it from the others."""
    pulled: list[tuple[str, Lever]] = []
    if plan.policy:
        pulled.append((plan.policy, ChangeRouting(routing_of(plan.policy))))
    for hire in plan.hires:
        regions = (hire.region,) if hire.region else None
        if hire.change:
            name = f"{hire.team} {hire.change:+d} {hire.region}".strip()
            pulled.append((name, ChangeHeadcount(hire.team, hire.change, regions=regions)))
    if plan.leads != 1:
        pulled.append((f"leads × {plan.leads:g}", ScaleLeads(plan.leads)))
    if plan.promise_hours:
        step = SlaStep(after=plan.promise_hours * HOUR, action=SlaAction.NEXT_REP)
        pulled.append((f"first touch within {plan.promise_hours:g} h", ChangeSla(Sla(steps=(step,)))))
    pulled += [(_odds_name(each), ShiftConversion(each.stage, each.points)) for each in plan.odds if each.points]
    return tuple(pulled)


def _odds_name(odds: Odds) -> str:
    return f"{odds.stage} {100 * odds.points:+g} points"


def scenario_of(plan: Plan, name: str = WHOLE) -> Scenario:
    """Return a plan as one scenario."""
    return Scenario(name, tuple(lever for _, lever in levers_of(plan)))


def taken_apart(plan: Plan) -> tuple[Scenario, ...]:
    """Return the baseline, each change of a plan alone, and the plan as a whole."""
    alone = tuple(Scenario(name, (lever,)) for name, lever in levers_of(plan))
    whole = scenario_of(plan)
    return (AS_IS, *alone, whole) if len(alone) > 1 else (AS_IS, *(replace(each, name=WHOLE) for each in alone))


def listed(plans: Sequence[Plan]) -> tuple[Scenario, ...]:
    """Return the baseline and every plan of a list, under names that differ."""
    names: list[str] = [AS_IS.name]
    for plan in plans:
        name = plan.name or WHOLE
        names.append(name if name not in names else f"{name} ({names.count(name) + len(names)})")
    return (AS_IS, *(scenario_of(plan, name) for plan, name in zip(plans, names[1:], strict=True)))
