"""What has been kept so far: the runs, the answer that each one holds, two of them side by side, and the decisions."""

from dataclasses import asdict

import streamlit as st

from studies.language import Language, Words
from studies.store import Run, list_runs
from ui import state
from ui.components import (
    decisions,
    keeping,
    run_charts,
    run_choice,
    run_difference,
    run_remarks,
    run_search,
    run_tables,
)
from ui.components.prose import plain
from ui.components.run_names import answer_of


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("runs.title"))
    runs = list_runs(state.settings().runs)
    if not runs:
        st.info(words("runs.none"))
        return
    st.caption(words("runs.how", n=len(runs)))
    library, ledger = st.tabs([words("runs.library"), words("ledger.title")])
    with library:
        _library(runs, words)
    with ledger:
        decisions.show(words)


def _library(runs: tuple[Run, ...], words: Words) -> None:
    found = run_search.show(runs, words)
    if not found:
        st.info(words("runs.nothing_found"))
        return
    first, second = st.columns(2)
    with first:
        run = run_choice.show(found, words("runs.run"), words)
    with second:
        other = run_choice.show_other([each for each in runs if each.name != run.name], words("runs.other"), words)
    if other:
        run_difference.show(run, other, words)
    _show_run(run, words)


def _show_run(run: Run, words: Words) -> None:
    answer = answer_of(run, words)
    first, _, rest = answer.partition(". ")
    st.subheader(plain(f"{first}." if rest else answer))
    if rest:
        st.markdown(plain(rest))
    if words.language is not Language.ENGLISH and run.manifest.answer.startswith(answer.rstrip(".")):
        st.caption(words("runs.english"))
    if changed := run.changed():
        st.warning(words("runs.changed", names=plain(", ".join(changed))))
    run_remarks.show(run, words)
    decisions.take_down(run, words)
    keeping.take_along(run.folder, words)
    charts, tables, origin = st.tabs([words("runs.charts"), words("runs.tables"), words("runs.origin")])
    with charts:
        run_charts.show(run, words)
    with tables:
        run_tables.show(run, words)
    with origin:
        st.text(words("runs.kept_in", folder=run.folder))
        st.json(asdict(run.manifest))
