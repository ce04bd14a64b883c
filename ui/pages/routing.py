"""Routing: several ways to hand out leads, tried on the very same leads, with what each wins and whom it favours."""

from functools import partial

import pandas as pd
import streamlit as st

from studies import explore
from studies.explore import Explored
from studies.jobs import Job
from studies.language import Words
from studies.outlooks import Known
from studies.plans import AS_IS
from studies.routing_trials import NAMES, fairness, trials
from ui import state
from ui.components import charts, keeping, knowing, outcomes, waiting
from ui.components.figures import Figures

_MOST = 5
_FIRST = ("least-open", "by-tier", "account-owner")


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("routing.title"))
    known = knowing.show("funnel")
    if known is None:
        return
    st.caption(words("routing.how"))
    labels = {AS_IS.name: words("plan.as_is"), **{name: words(f"policy.{name}") for name in NAMES}}
    policies = _choose(words, labels)
    if not policies:
        st.info(words("routing.choose_one"))
        return
    job = _job(known, policies)
    waiting.show(job, partial(_draw, labels=labels, words=words), words("routing.wait"))
    keeping.show(job, words)


def _choose(words: Words, labels: outcomes.Labels) -> tuple[str, ...]:
    before = [name for name in state.view().policies if name in NAMES] or list(_FIRST)
    chosen = st.multiselect(
        words("routing.policies"), NAMES, default=before, format_func=labels.__getitem__, max_selections=_MOST
    )
    if tuple(chosen) != state.view().policies:
        state.change(policies=tuple(chosen))
    with st.expander(words("routing.what_they_do")):
        st.markdown("\n".join(f"- **{labels[name]}**: {words(f'policy_does.{name}')}" for name in NAMES))
    return tuple(chosen)


def _job(known: Known, policies: tuple[str, ...]) -> Job:
    now = state.view()
    work = partial(explore.explore, known, trials(policies), now.futures, state.settings().sharing)
    return state.start("routing", {**explore.asked(now), "policies": policies}, work)


def _draw(job: Job, labels: outcomes.Labels, words: Words) -> None:
    explored, figures = job.found, Figures.of(words, state.view())
    if not isinstance(explored, Explored):
        return
    outcomes.refining(explored, state.view().futures, words)
    st.subheader(_answer(explored, labels, words, figures))
    outcomes.effects(explored, labels, words, figures)
    outcomes.table(explored, labels, state.view().target, words, figures)
    st.markdown(f"### {words('routing.fairness')}")
    st.caption(words("routing.fairness_how"))
    charts.show(_trade_off(explored, labels, words, figures), words("routing.fairness_alt"))


def _answer(explored: Explored, labels: outcomes.Labels, words: Words, figures: Figures) -> str:
    table = explored.comparison().table.drop(index=AS_IS.name)
    clear = table[table["low"] > 0]
    if clear.empty:
        return words("routing.none_better")
    best = str(clear["difference"].idxmax())
    by = figures.amount(float(clear["difference"].max()), explored.measure, sign=True)
    return words("routing.best", plan=labels[best], by=by)


def _trade_off(explored: Explored, labels: outcomes.Labels, words: Words, figures: Figures) -> charts.Chart:
    table = fairness(explored).rename(columns={"uneven": "x", "mean": "y"})
    table = table.assign(name=[labels[name] for name in table["plan"]])
    unit = figures.currency if explored.measure == "bookings" else words("kpi.wins")
    return charts.trade_off(pd.DataFrame(table), words("routing.uneven_axis"), words("unit.axis", unit=unit))
