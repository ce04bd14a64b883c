"""What runs for every visitor, again at every click: the list of pages, and nothing else."""

import streamlit as st

from ui.served.warm import keep_compiled_rules, take_short_turns

keep_compiled_rules()  # before any page imports a compiled rule
take_short_turns()

from ui import frame, state  # noqa: E402 - imports compiled rules
from ui.pages import evidence, forecast, funnel, hiring, routing, runs, start, what_if  # noqa: E402 - as above

st.set_page_config(page_title="Headrace", page_icon=frame.ICON, layout="wide")
problem = state.open_view()
PAGES = {
    "company": {"start": start, "funnel": funnel},
    "ahead": {"forecast": forecast},
    "decide": {"routing": routing, "what_if": what_if, "hiring": hiring},
    "library": {"runs": runs, "evidence": evidence},
}
frame.show(PAGES, problem)
