"""Keeping what was found as a run folder, and handing out its report."""

from pathlib import Path

import streamlit as st

from studies import explore
from studies.explore import Explored
from studies.jobs import Job, State
from studies.language import Words
from ui import state


def show(job: Job, words: Words) -> None:
    """Offer to keep an answer that is finished, and its report once it is kept."""
    if job.state is not State.DONE or not isinstance(job.found, Explored):
        return
    kept: dict[str, str] = st.session_state.setdefault("kept", {})
    left, right = st.columns(2)
    if state.may_change() and left.button(words("keeping.keep"), key=f"keep-{job.key}", icon=":material/save:"):
        kept[job.key] = explore.keep(job.found, state.settings().runs).folder
    if job.key in kept:
        folder = Path(kept[job.key])
        left.caption(words("keeping.kept", name=folder.name))
        with right:
            report_of(folder, words)


def report_of(folder: Path, words: Words) -> None:
    """Offer the report of a run folder for download."""
    report = folder / "report.html"
    if report.is_file():
        st.download_button(
            words("keeping.report"), report.read_bytes(), f"{folder.name}.html", "text/html",
            key=f"report-{folder.name}", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
