"""Getting to know the company: pages that need what is known ask here, and are told when it is there."""

import streamlit as st

from studies.outlooks import Known
from ui import state
from ui.components import waiting


def show(part: str) -> Known | None:
    """Return what is known once ``part`` of it is there (history, made or funnel); until then show how far it is."""
    words = state.words()
    if not state.view().company:
        st.info(words("knowing.nothing"))
        state.link_to("start", words("knowing.begin"))
        return None
    job = state.company_job()
    known = state.known()
    if known is not None and getattr(known, part) is not None:
        return known
    if job.is_over and job.error == "":
        return known
    waiting.show(job, lambda _: None, words(f"knowing.step_{min(job.done, 2)}"))
    return None
