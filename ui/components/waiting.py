"""Work in the background: what is known so far is drawn at once and again as it sharpens, with a bar and a way out."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from studies.jobs import Job, State
from studies.language import Words
from ui import state
from ui.components.prose import fault

_EVERY = 0.5
"""Seconds between looks at a job."""
_AT_ONCE = 0.8
"""Seconds for which a page waits for a first answer, so that it comes with the page and not with the next look."""


def show(job: Job, draw: Callable[[Job], None], what: str) -> None:
    """Draw what a job has found, and draw again until it is over; ``what`` says what is being done."""
    job.wait_for_first(_AT_ONCE)
    st.fragment(partial(_look, job, draw, what), run_every=None if job.is_over else _EVERY)()


def _look(job: Job, draw: Callable[[Job], None], what: str) -> None:
    over = job.is_over
    if job.found is not None:
        draw(job)
    say(job, what)
    if over and not st.session_state.get(f"seen-{job.key}"):
        st.session_state[f"seen-{job.key}"] = True
        st.rerun()


def say(job: Job, what: str) -> None:
    """Say how a job stands: how far it is, or why there will be no more."""
    words = state.words()
    match job.state:
        case State.FAILED:
            st.error(words("waiting.fault") if job.fault else _said(job, words))
        case State.STOPPED:
            st.info(words("waiting.stopped"))
            if st.button(words("waiting.again"), key=f"again-{job.key}"):
                st.rerun()
        case State.WAITING | State.WORKING:
            _bar(job, words, what)


def _said(job: Job, words: Words) -> str:
    known = state.company()
    return fault(known.said(job.error) if known else job.error, words)


def _bar(job: Job, words: Words, what: str) -> None:
    left = job.seconds_left
    said = what if left is None else words("waiting.left", what=what, seconds=words.number(max(1.0, left)))
    bar, way_out = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(min(1.0, job.done / job.total) if job.total else 0.0, said)
    way_out.button(words("waiting.stop"), key=f"stop-{job.key}", on_click=job.stop, type="tertiary")
