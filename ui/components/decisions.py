"""The decision ledger: what was decided and predicted, what came, and how often the ranges held."""

import pandas as pd
import streamlit as st

from studies.language import Words
from studies.library import ledger
from studies.library.ledger import Decision
from studies.look import SCATTERED
from studies.store import Run
from ui import state
from ui.components import knowing
from ui.components.figures import Figures
from ui.components.prose import plain
from ui.components.run_names import plan_of

_KPI = "bookings"


def take_down(run: Run, words: Words) -> None:
    """Let those who may take down a decision for one of a run's plans."""
    if not state.may_change() or SCATTERED not in run.tables:
        return
    with st.expander(words("ledger.decide"), icon=":material/gavel:"):
        plans = list(dict.fromkeys(run.table(SCATTERED)["scenario"]))
        plan = st.selectbox(
            words("ledger.plan"), plans, index=len(plans) - 1, key=f"decided-{run.name}",
            format_func=lambda name: plan_of(name, words),
        )  # fmt: skip
        why = st.text_input(words("ledger.why"), max_chars=300, key=f"why-{run.name}")
        who = st.text_input(words("ledger.who"), state.person(), max_chars=80, key=f"who-{run.name}")
        if st.button(words("ledger.keep"), key=f"decide-{run.name}", icon=":material/gavel:"):
            ledger.decide(run, plan, root=state.writable(), why=why.strip(), who=who.strip())
            st.rerun()


def show(words: Words) -> None:
    """Show the ledger, and put beside it what the company's history says came."""
    st.caption(words("ledger.how"))
    taken = ledger.decisions(state.settings().runs)
    if not taken:
        st.info(words("ledger.none"))
        return
    figures = Figures.of(words, state.view())
    table = pd.DataFrame([_row(each, words, figures) for each in reversed(taken)])
    st.dataframe(table, hide_index=True, alt=words("ledger.title"))
    _review(words)
    judged = ledger.calibration(tuple(each for each in taken if each.happened))
    if len(judged):
        st.markdown(f"**{words('ledger.held')}**")
        st.dataframe(_held(judged, words), hide_index=True, alt=words("ledger.held"))


def _row(each: Decision, words: Words, figures: Figures) -> dict[str, str]:
    quantiles = dict(zip(ledger.LEVELS, each.predicted.get(_KPI, ()), strict=False))
    low, high = (quantiles.get(level, float("nan")) for level in (0.1, 0.9))
    return {
        words("column.date"): words.date(each.decided.date()),
        words("column.plan"): plan_of(each.scenario, words),
        words("column.why"): each.why,
        words("column.who"): each.who,
        words("column.until"): words.date(each.end.date()),
        words("column.predicted"): figures.span(low, high),
        words("column.came"): figures.amount(each.happened.get(_KPI, float("nan"))),
        words("column.run"): each.run,
    }


def _review(words: Words) -> None:
    company = state.company()
    if company is None or not state.may_change():
        return
    st.caption(words("ledger.review_how", name=plain(company.name)))
    if st.button(words("ledger.review"), icon=":material/fact_check:"):
        st.session_state["reviewing"] = True
    if st.session_state.get("reviewing"):
        known = knowing.show("history")
        if known is not None:
            st.session_state["reviewing"] = False
            covered = ledger.review(known.history.log, state.writable())
            st.toast(words("ledger.reviewed", n=words.number(len(covered))))
            st.rerun()


def _held(judged: pd.DataFrame, words: Words) -> pd.DataFrame:
    latest = judged[judged["decided"] == judged["decided"].max()]
    return pd.DataFrame(
        {
            words("column.promised"): [words.percent(share) for share in latest["promised"]],
            words("column.held"): [words.percent(share) for share in latest["held"]],
            words("column.figures"): latest["figures"],
        }
    )
