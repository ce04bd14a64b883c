"""What if: levers to pull, a first answer in a second that sharpens by itself, and what each change contributes."""

from functools import partial

import streamlit as st

from studies import explore
from studies.changes import WHOLE, Scenarios, levers_of, listed, scenario_of, taken_apart
from studies.explore import Explored
from studies.jobs import Job, State
from studies.language import Words
from studies.outlooks import Known
from studies.plans import AS_IS
from studies.view import Plan
from ui import state
from ui.components import (
    asking,
    goal_answer,
    goal_terms,
    keeping,
    knowing,
    lever_panel,
    outcomes,
    plan_list,
    sensitivity_answer,
    waiting,
)
from ui.components.figures import Figures
from ui.components.plan_names import described, names_of


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("what_if.title"))
    known = knowing.show("funnel")
    if known is None or known.funnel is None:
        return
    st.caption(words("what_if.how"))
    levers, result = st.columns([2, 5], gap="large")
    with levers, st.container(key=f"panel-{st.session_state.get('panel', 0)}"):
        st.markdown(f"### {words('what_if.levers')}")
        plan = lever_panel.show(state.view().plan, known.funnel.spec, words)
        if plan != state.view().plan:
            state.change(plan=plan)
    with result:
        _one(known, plan, words)
    st.markdown(f"### {words('what_if.list')}")
    plans = plan_list.show(plan, known.funnel.spec, words)
    if plans:
        _all(known, plans, words)
    st.markdown(f"### {words('what_if.further')}")
    _further(known, words)


def _one(known: Known, plan: Plan, words: Words) -> None:
    """Show what the plan on the panel brings, and what each change in it contributes."""
    if plan.is_idle:
        st.info(words("what_if.nothing_pulled"))
        _job("what-if", known, (), (AS_IS,))  # so that only the plan itself is left to be played once a lever is pulled
        return
    job = _job("what-if", known, (plan,), (AS_IS, scenario_of(plan)))
    waiting.show(job, partial(_draw_one, words=words), words("what_if.wait"))
    keeping.show(job, words)
    if job.state is State.DONE and len(levers_of(plan)) > 1:
        st.markdown(f"### {words('what_if.why')}")
        apart = _job("why", known, (plan,), taken_apart(plan))
        waiting.show(apart, partial(_draw_why, plan=plan, words=words), words("what_if.why_wait"))


def _draw_one(job: Job, words: Words) -> None:
    explored, now = job.found, state.view()
    if isinstance(explored, Explored):
        figures = Figures.of(words, now)
        outcomes.refining(explored, now.futures, words)
        outcomes.answer(explored, WHOLE, now.target, words, figures)


def _draw_why(job: Job, plan: Plan, words: Words) -> None:
    if isinstance(job.found, Explored):
        outcomes.added_up(job.found, names_of(plan, words), words, Figures.of(words, state.view()))


def _all(known: Known, plans: tuple[Plan, ...], words: Words) -> None:
    """Show every plan of the list side by side."""
    job = _job("plans", known, plans, listed(plans))
    waiting.show(job, partial(_draw_all, plans=plans, words=words), words("what_if.wait"))


def _draw_all(job: Job, plans: tuple[Plan, ...], words: Words) -> None:
    explored, now = job.found, state.view()
    if isinstance(explored, Explored):
        said = (plan.name or described(plan, words) for plan in plans)
        labels = {AS_IS.name: words("plan.as_is"), **{each.name: next(said) for each in listed(plans)[1:]}}
        outcomes.table(explored, labels, now.target, words, Figures.of(words, now))


def _further(known: Known, words: Words) -> None:
    """Ask for the cheapest way to the target, and for the numbers that matter most."""
    now, measure = state.view(), known.measure
    figures = Figures.of(words, now)
    goal = partial(goal_answer.show, measure=measure, words=words, figures=figures)
    if "goal" in now.asked and known.funnel:
        goal_terms.show(known.funnel.spec, words)
    asking.deeper_question("goal", known, words, goal)
    numbers = partial(sensitivity_answer.tornado, measure=measure, words=words, figures=figures)
    asking.deeper_question("sensitivity", known, words, numbers)


def _job(what: str, known: Known, plans: tuple[Plan, ...], scenarios: Scenarios) -> Job:
    now = state.view()
    asked = {**explore.asked(now), "plans": [plan.model_dump() for plan in plans]}
    work = partial(explore.explore, known, scenarios, now.futures, state.settings().sharing)
    return state.start(what, asked, work)
