"""What has been asked so far: the run folders, and the answer that each one holds."""

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from sim.errors import HeadraceError
from studies.store import Run, list_runs
from ui.components import run_charts, run_choice, run_tables
from ui.components.prose import plain


def show() -> None:
    """Show the page."""
    st.title("Runs")
    root = st.text_input("Folder of all runs", "runs")
    try:
        _show_runs(root)
    except HeadraceError as error:
        st.error(plain(str(error)))


def _show_runs(root: str) -> None:
    runs = list_runs(Path(root))
    if runs:
        _show_run(run_choice.show(runs))
    else:
        where = f"No run in {plain(root)}." if root else "No run in the folder where the app was started."
        st.info(f"{where} `headrace demo` makes a first one; if yours are elsewhere, name their folder above.")


def _show_run(run: Run) -> None:
    st.subheader(plain(run.manifest.answer))
    if changed := run.changed():
        names = plain(", ".join(changed))
        st.warning(f"Gone or changed since the run ended: {names}. Run the command again before you rely on it.")
    charts, tables, origin = st.tabs(["Charts", "Tables", "Origin"])
    with charts:
        run_charts.show(run)
    with tables:
        run_tables.show(run)
    with origin:
        st.text(f"Kept in {run.folder}; report.html in it holds the same to read or to send.")
        st.json(asdict(run.manifest))
