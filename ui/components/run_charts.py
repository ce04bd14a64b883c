"""The charts of a run, for a figure that the reader picks."""

import pandas as pd
import streamlit as st

from sim.kpis.summary import DAYS, MONEY, SHARE
from studies.language import Words
from studies.look import COMPARED, SCATTERED, headlines_of
from studies.store import Run
from studies.wording import unit_of
from ui import state
from ui.components import charts
from ui.components.figures import Figures
from ui.components.run_names import plan_of


def show(run: Run, words: Words) -> str | None:
    """Draw a run; return the figure that was picked, or None if the run holds no figures."""
    headlines = headlines_of(run)
    if not headlines:
        st.caption(words("runs.tables_only"))
        return None
    kpi = st.selectbox(words("runs.figure"), headlines, format_func=lambda name: words(f"kpi.{name}"))
    if COMPARED in run.tables:
        _compared(run, kpi, words)
    _scattered(run, kpi, words)
    return kpi


def _compared(run: Run, kpi: str, words: Words) -> None:
    title = words("runs.changes", kpi=words(f"kpi.{kpi}"))
    st.markdown(f"#### {title}")
    st.caption(words("outcome.effects_how"))
    table = run.table(COMPARED)
    its = table[(table["kpi"] == kpi) & (table["verdict"] != "baseline")]
    figures = Figures.of(words, state.view())
    shown = its.assign(
        name=[plan_of(name, words) for name in its["scenario"]],
        label=[figures.kpi(value, kpi, sign=True) for value in its["difference"]],
    )
    shown = shown.drop(columns="scenario")
    charts.show(charts.intervals(shown, _axis(kpi, words), percent=unit_of(kpi) == SHARE), title)


def _scattered(run: Run, kpi: str, words: Words) -> None:
    title = words("runs.scatters", kpi=words(f"kpi.{kpi}"))
    st.markdown(f"#### {title}")
    st.caption(words("runs.scatters_how"))
    groups = run.table(SCATTERED).groupby("scenario", sort=False)[kpi]
    shown = pd.DataFrame({"value": groups.mean(), "low": groups.quantile(0.1), "high": groups.quantile(0.9)})
    shown = shown.assign(name=[plan_of(str(name), words) for name in shown.index])
    charts.show(charts.bars(shown, _axis(kpi, words), percent=unit_of(kpi) == SHARE), title)


def _axis(kpi: str, words: Words) -> str:
    """Return a figure's name with its unit, where it has one that its numbers don't show."""
    unit = {MONEY: state.view().currency, DAYS: words("unit.day_name")}.get(unit_of(kpi), "")
    title = words(f"kpi.{kpi}")
    return words("unit.titled", title=title, unit=unit) if unit else title
