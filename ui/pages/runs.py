"""What has been kept so far: the runs, the answer that each one holds, and two of them side by side."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from studies.language import Words
from studies.look import headlines_of, means_of
from studies.store import Run, list_runs
from ui import state
from ui.components import keeping, run_charts, run_choice, run_tables
from ui.components.figures import Figures
from ui.components.prose import plain


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("runs.title"))
    runs = list_runs(state.settings().runs)
    if not runs:
        st.info(words("runs.none"))
        return
    st.caption(words("runs.how", n=len(runs)))
    first, second = st.columns(2)
    with first:
        run = run_choice.show(runs, words("runs.run"))
    with second:
        other = run_choice.show_other([each for each in runs if each.name != run.name], words("runs.other"), words)
    if other:
        _side_by_side(run, other, words)
    _show_run(run, words)


def _show_run(run: Run, words: Words) -> None:
    st.subheader(plain(run.manifest.answer))
    if changed := run.changed():
        st.warning(words("runs.changed", names=plain(", ".join(changed))))
    keeping.take_along(run.folder, words)
    charts, tables, origin = st.tabs([words("runs.charts"), words("runs.tables"), words("runs.origin")])
    with charts:
        run_charts.show(run, words)
    with tables:
        run_tables.show(run, words)
    with origin:
        st.text(words("runs.kept_in", folder=run.folder))
        st.json(asdict(run.manifest))


def _side_by_side(run: Run, other: Run, words: Words) -> None:
    st.markdown(f"### {words('runs.side_by_side')}")
    shared = [kpi for kpi in headlines_of(run) if kpi in headlines_of(other)]
    if not shared:
        st.caption(words("runs.nothing_shared"))
        return
    figures = Figures.of(words, state.view())
    rows = [
        {words("column.plan"): name, words("column.run"): each.name}
        | {words(f"kpi.{kpi}"): figures.kpi(value, kpi) for kpi, value in means.items()}
        for each in (run, other)
        for name, means in means_of(each, shared[:6]).items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=words("runs.side_by_side"))
