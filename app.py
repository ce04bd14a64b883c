"""Headrace in the browser: the list of pages, and nothing else."""

import streamlit as st

from ui.warm import keep_compiled_rules

keep_compiled_rules()  # before any page imports a compiled rule

from ui import frame, state  # noqa: E402 - imports compiled rules
from ui.pages import deeper, evidence, forecast, funnel, routing, runs, start, what_if  # noqa: E402 - as above

st.set_page_config(page_title="Headrace", layout="wide")
problem = state.open_view()
PAGES = {
    "company": {"start": (start, "database"), "funnel": (funnel, "filter_alt")},
    "ahead": {"forecast": (forecast, "trending_up")},
    "decide": {"routing": (routing, "alt_route"), "what_if": (what_if, "tune"), "deeper": (deeper, "search_insights")},
    "library": {"runs": (runs, "folder_open"), "evidence": (evidence, "fact_check")},
}
frame.show(PAGES, problem)
