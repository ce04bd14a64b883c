"""Deeper: what holds the funnel back, whom to hire when, the cheapest way to the target, and which numbers matter."""

from functools import partial

import streamlit as st

from studies import deeper, explore
from studies.deeper import QUESTIONS, Answered
from studies.jobs import Job
from studies.language import Language, Words
from ui import state
from ui.components import grids, keeping, knowing, waiting
from ui.components.prose import plain


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("deeper.title"))
    known = knowing.show("funnel")
    if known is None:
        return
    if not state.may_change():
        st.info(words("deeper.read_only"))
        return
    question = st.radio(
        words("deeper.question"),
        QUESTIONS,
        format_func=lambda name: words(f"question.{name}"),
        captions=[words(f"question_does.{name}") for name in QUESTIONS],
        index=None,
    )
    if question is None:
        return
    now = state.view()
    work = partial(deeper.ask, question, known, now.target, state.settings().runs, state.settings().sharing)
    job = state.start("deeper", {**explore.asked(now), "question": question, "target": now.target}, work)
    waiting.show(job, partial(_draw, words=words), words("deeper.wait"))


def _draw(job: Job, words: Words) -> None:
    answered = job.found
    if not isinstance(answered, Answered):
        return
    st.subheader(plain(answered.answer))
    if words.language is not Language.ENGLISH:
        st.caption(words("deeper.english"))
    for grid in answered.grids:
        grids.show(grid)
    keeping.take_along(answered.folder, words)
