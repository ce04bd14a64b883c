"""Two runs held against each other: what each plan brings in both, and what was asked differently."""

from math import isnan

import pandas as pd
import streamlit as st

from sim.errors import DataError
from studies.language import Words
from studies.library.difference import difference
from studies.look import headlines_of, means_of
from studies.store import Run
from ui import state
from ui.components.figures import Figures
from ui.components.run_names import plan_of

_MOST = 6
"""Headline figures that stand side by side."""


def show(run: Run, other: Run, words: Words) -> None:
    """Show both runs' figures, then their differences where they share a plan."""
    st.markdown(f"### {words('runs.side_by_side')}")
    shared = [kpi for kpi in headlines_of(run) if kpi in headlines_of(other)][:_MOST]
    if not shared:
        st.caption(words("runs.nothing_shared"))
        return
    figures = Figures.of(words, state.view())
    rows = [
        {words("column.plan"): plan_of(name, words), words("column.run"): each.name}
        | {words(f"kpi.{kpi}"): figures.kpi(value, kpi) for kpi, value in means.items()}
        for each in (run, other)
        for name, means in means_of(each, shared).items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=words("runs.side_by_side"))
    _differences(run, other, shared, words, figures)


def _differences(run: Run, other: Run, kpis: list[str], words: Words, figures: Figures) -> None:
    try:
        found = difference(other, run)
    except DataError:
        st.caption(words("runs.no_plan_shared"))
        return
    st.caption(words("runs.paired" if found.paired else "runs.strangers"))
    rows = [
        {
            words("column.plan"): plan_of(row["scenario"], words),
            words("runs.figure"): words(f"kpi.{row['kpi']}"),
            words("column.difference"): figures.kpi(row["difference"], row["kpi"], sign=True),
            words("column.sure"): _span(row["low"], row["high"], row["kpi"], words, figures),
        }
        for row in found.figures.to_dict("records")
        if row["kpi"] in kpis
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=words("column.difference"))
    if len(found.asked):
        names = {"what": words("column.what"), "first": other.name, "second": run.name}
        with st.expander(words("runs.asked")):
            st.dataframe(found.asked.rename(columns=names), hide_index=True, alt=words("runs.asked"))


def _span(low: float, high: float, kpi: str, words: Words, figures: Figures) -> str:
    if isnan(low) or isnan(high):
        return "–"
    return words("unit.range", low=figures.kpi(low, kpi, sign=True), high=figures.kpi(high, kpi, sign=True))
