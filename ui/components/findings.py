"""The quality of the data behind everything: how much of it is used, and what was found in it."""

import pandas as pd
import streamlit as st

from studies.language import Words
from studies.outlooks import Known
from ui import state
from ui.components import knowing

_MARKS = {"error": "■", "warning": "▲", "info": "○"}


def show(words: Words) -> None:
    """Show the quality report of the view's company."""
    known = knowing.show("history")
    if known is None:
        return
    quality, log = known.history.quality, known.history.log
    used, seen, leads, days = st.columns(4)
    share = quality.rows_used / max(1, quality.rows_in)
    used.metric(words("quality.used"), words.percent(share, 1), border=True, help=words("quality.used_help"))
    seen.metric(words("quality.rows"), words.number(quality.rows_in), border=True)
    leads.metric(words("quality.leads"), words.number(log.n_leads), border=True)
    days.metric(words("quality.days"), words.number((log.window[1] - log.window[0]) / 30.4), border=True)
    st.markdown(f"### {words('quality.title')}")
    if quality.findings:
        st.caption(words("quality.how"))
        st.dataframe(_table(known, words), hide_index=True, row_height=40, alt=words("quality.title"))
    else:
        st.success(words("quality.nothing"))
    state.link_to("funnel", words("start.next"))


def _table(known: Known, words: Words) -> pd.DataFrame:
    rows = []
    for found in known.history.quality.findings:
        key = f"finding.{found.code.replace('-', '_')}"
        what = words(key) if words.has(key) else found.what
        marked = f"{_MARKS[found.severity]} {words(f'severity.{found.severity}')}"
        done = words(f"done.{found.done.replace(' ', '_')}")
        rows.append((marked, what, words.number(found.count), done, ", ".join(found.examples)))
    names = ("severity", "what", "count", "done", "examples")
    return pd.DataFrame(rows, columns=[words(f"column.{name}") for name in names])
