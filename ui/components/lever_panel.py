"""The panel of levers: how leads are handed out, who is hired, how many leads come, what is promised, how odds move."""

import streamlit as st

from sim.spec import FunnelSpec
from studies.changes import staffed_teams
from studies.composed import is_composed
from studies.language import Words
from studies.routing_trials import NAMES
from studies.view import Hire, Odds, Plan
from ui import state
from ui.components.policy_names import policy_name

_NOTHING = ""
_PROMISES = (0.0, 1.0, 2.0, 4.0, 8.0)


def show(plan: Plan, spec: FunnelSpec, words: Words) -> Plan:
    """Show the levers set as in a plan; return the plan that they are set to now."""
    hires = tuple(_hire(plan, team, spec, words) for team in staffed_teams(spec))
    policy = _policy(plan, words)
    with st.expander(words("lever.more"), expanded=_more_is_set(plan)):
        leads = st.slider(
            words("lever.leads"), 50, 200, round(100 * plan.leads), 5, format="%d%%", help=words("lever.leads_help")
        )
        promise = _promise(plan, words)
        odds = _odds(plan, spec, words)
    return Plan(
        name=plan.name,
        policy=policy,
        hires=tuple(hire for hire in hires if hire.change),
        leads=leads / 100,
        promise_hours=promise,
        odds=(odds,) if odds else (),
    )


def _more_is_set(plan: Plan) -> bool:
    return plan.leads != 1 or bool(plan.promise_hours) or bool(plan.odds)


def _hire(plan: Plan, team: str, spec: FunnelSpec, words: Words) -> Hire:
    before = next((hire for hire in plan.hires if hire.team == team), Hire(team=team, change=0))
    members = spec.operation.team_reps(team)
    regions = sorted({region for rep in members for region in rep.regions})
    fewest = -min(5, len(members) - 1)
    change = st.slider(
        words("lever.reps", team=team),
        fewest,
        6,
        min(6, max(fewest, before.change)),
        format="%+d",
        help=words("lever.reps_help", now=len(members)),
        key=f"reps-{team}",
    )
    if change <= 0 or not regions:
        return Hire(team=team, change=change)
    options = (_NOTHING, *regions)
    region = st.selectbox(
        words("lever.where", team=team),
        options,
        index=options.index(before.region) if before.region in options else 0,
        format_func=lambda name: name or words("lever.anywhere"),
        key=f"region-{team}",
    )
    return Hire(team=team, change=change, region=region)


def _policy(plan: Plan, words: Words) -> str:
    own = (name for name in (*state.view().policies, plan.policy) if is_composed(name))
    options = (_NOTHING, *NAMES, *dict.fromkeys(own))
    return st.selectbox(
        words("lever.policy"),
        options,
        index=options.index(plan.policy),
        format_func=lambda name: policy_name(name, words) if name else words("lever.policy_now"),
    )


def _promise(plan: Plan, words: Words) -> float:
    options = tuple(sorted({*_PROMISES, plan.promise_hours}))
    return st.selectbox(
        words("lever.promise"),
        options,
        index=options.index(plan.promise_hours),
        format_func=lambda hours: (
            words("lever.promise_of", n=words.number(hours)) if hours else words("lever.promise_now")
        ),
        help=words("lever.promise_help"),
    )


def _odds(plan: Plan, spec: FunnelSpec, words: Words) -> Odds | None:
    names = (_NOTHING, *(stage.name for stage in spec.market.stages))
    before = plan.odds[0] if plan.odds else Odds(stage="", points=0)
    stage = st.selectbox(
        words("lever.stage"),
        names,
        index=names.index(before.stage) if before.stage in names else 0,
        format_func=lambda name: name or words("lever.no_stage"),
        help=words("lever.stage_help"),
    )
    if not stage:
        return None
    now = next(each.advance for each in spec.market.stages if each.name == stage)
    low, high = -round(100 * min(0.15, now)), round(100 * min(0.15, 1 - now))
    points = st.slider(words("lever.points"), low, high, min(high, max(low, round(100 * before.points))), format="%+d")
    return Odds(stage=stage, points=points / 100)
