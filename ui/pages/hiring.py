"""The hiring plan: the hours that each team has and needs, whom to hire when, and what a month's delay costs."""

from functools import partial

import streamlit as st

from ui import state
from ui.components import asking, hiring_answer, knowing
from ui.components.figures import Figures


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("hiring.title"))
    known = knowing.show("funnel")
    if known is None:
        return
    st.caption(words("hiring.what"))
    tell = partial(hiring_answer.show, words=words, figures=Figures.of(words, state.view()))
    asking.deeper_question("hiring", known, words, tell)
