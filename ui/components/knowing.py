"""Getting to know the company: pages that need what is known ask here, and are told when it is there."""

from functools import partial

import streamlit as st

from studies.jobs import Job
from studies.outlooks import Known
from ui import state
from ui.components import waiting

_EVERY = 0.5
"""Seconds between looks at the job."""


def show(part: str) -> Known | None:
    """Return what is known once ``part`` of it is there (history, made or funnel); until then show how far it is."""
    words = state.words()
    if not state.view().company:
        st.info(words("knowing.nothing"))
        state.link_to("start", words("knowing.begin"))
        return None
    job = state.company_job()
    if _is_there(job, part):
        return state.known()
    st.fragment(partial(_look, job, part), run_every=None if job.is_over else _EVERY)()
    return None


def _look(job: Job, part: str) -> None:
    if _is_there(job, part):
        st.rerun()
    words = state.words()
    waiting.say(job, words(f"knowing.step_{min(job.done, 2)}"))


def _is_there(job: Job, part: str) -> bool:
    return getattr(job.found, part, None) is not None
