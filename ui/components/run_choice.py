"""Choosing one of the runs that were kept."""

from collections.abc import Sequence

import streamlit as st

from studies.store import Run


def show(runs: Sequence[Run]) -> Run:
    """Offer runs, newest first; return the chosen one."""
    by_name = {run.name: run for run in runs}
    return by_name[
        st.selectbox("Run", list(by_name), format_func=lambda name: f"{name}: {by_name[name].manifest.answer}")
    ]
