"""Choosing among the runs that were kept."""

from collections.abc import Sequence

import streamlit as st

from studies.language import Words
from studies.store import Run
from ui.components.run_names import answer_of, kind_of


def show(runs: Sequence[Run], label: str, words: Words) -> Run:
    """Offer runs, newest first; return the chosen one."""
    by_name = {run.name: run for run in runs}
    return by_name[st.selectbox(label, list(by_name), format_func=lambda name: _said(by_name[name], words))]


def show_other(runs: Sequence[Run], label: str, words: Words) -> Run | None:
    """Offer runs to hold beside; return the chosen one, or None while there is none."""
    by_name = {run.name: run for run in runs}
    chosen = st.selectbox(
        label, list(by_name), index=None, format_func=lambda name: _said(by_name[name], words),
        placeholder=words("runs.no_other"),
    )  # fmt: skip
    return by_name[chosen] if chosen else None


def _said(run: Run, words: Words) -> str:
    return f"{run.manifest.created[:10]} · {kind_of(run.manifest.verb, words)} · {answer_of(run, words)}"
