"""Routing: several ways to hand out leads, tried on the very same leads, with what each wins and whom it favours."""

from functools import partial

import pandas as pd
import streamlit as st

from studies import explore
from studies.explore import Explored
from studies.jobs import Job, State
from studies.language import Words
from studies.outlooks import Known
from studies.plans import AS_IS
from studies.routing_trials import NAMES, fairness, trials
from ui import state
from ui.components import charts, keeping, knowing, lead_trace, limit_share, outcomes, policy_composer, waiting
from ui.components.figures import Figures
from ui.components.policy_names import policy_name
from ui.components.prose import plain

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
    policies = _choose(words)
    labels = {name: policy_name(name, words) for name in (*NAMES, *policies)}
    policy_composer.show(policies, _MOST, words)
    with st.expander(words("routing.what_they_do")):
        st.markdown("\n".join(f"- **{labels[name]}**: {words(f'policy_does.{name}')}" for name in NAMES))
    if not policies:
        st.info(words("routing.choose_one"))
        return
    _compare(known, policies, {AS_IS.name: words("plan.as_is"), **labels}, words)


def _choose(words: Words) -> tuple[str, ...]:
    before = state.view().policies or _FIRST
    offered = tuple(dict.fromkeys((*NAMES, *before)))
    chosen = st.multiselect(
        words("routing.policies"), offered, default=before, format_func=lambda name: policy_name(name, words),
        max_selections=_MOST, key=f"policies-{st.session_state.get('chooser', 0)}",
    )  # fmt: skip
    if tuple(chosen) != state.view().policies:
        state.change(policies=tuple(chosen))
    return tuple(chosen)


def _compare(known: Known, policies: tuple[str, ...], labels: outcomes.Labels, words: Words) -> None:
    now = state.view()
    work = partial(explore.explore, known, trials(policies), now.futures, state.settings().sharing)
    job = state.start("routing", {**explore.asked(now), "policies": policies}, work)
    waiting.show(job, partial(_draw, labels=labels, words=words), words("routing.wait"))
    keeping.show(job, words)
    if job.state is State.DONE:
        st.markdown(f"### {words('routing.further')}")
        limit_share.show(known, policies, labels, words)
        lead_trace.show(known, policies, labels, words)


def _draw(job: Job, labels: outcomes.Labels, words: Words) -> None:
    explored, figures = job.found, Figures.of(words, state.view())
    if not isinstance(explored, Explored):
        return
    outcomes.refining(explored, state.view().futures, words)
    st.subheader(plain(_answer(explored, labels, words, figures)))
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
    table = table.assign(name=[labels[name] for name in table["plan"]]).drop(columns="plan")
    unit = figures.currency if explored.measure == "bookings" else words("kpi.wins")
    return charts.trade_off(pd.DataFrame(table), words("routing.uneven_axis"), words("unit.axis", unit=unit))
