"""The charts of a run, for a figure that the reader picks."""

from collections.abc import Iterable

import streamlit as st

from studies.look import figures_of, floor_of, headlines_of
from studies.report import Figure
from studies.store import Run
from studies.wording import title_of
from ui.components.prose import plain


def show(run: Run) -> str | None:
    """Draw a run; return the figure that was picked, or None if the run holds no figures."""
    headlines = headlines_of(run)
    if not headlines:
        st.caption("This run keeps tables only.")
        return None
    kpi = st.selectbox("Figure", headlines, format_func=title_of)
    _draw(figures_of(run, kpi))
    _draw(floor_of(run))
    return kpi


def _draw(figures: Iterable[Figure]) -> None:
    for figure in figures:
        st.markdown(f"#### {plain(figure.title)}")
        st.caption(plain(figure.caption))
        # Left to itself, Streamlit fits the axes into the height that a chart keeps for its rows.
        st.altair_chart(figure.chart.properties(autosize="pad"), width="content", alt=figure.title)
