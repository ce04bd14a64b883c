"""The tables of a run, to read and to take into a spreadsheet."""

import streamlit as st

from studies.language import Words
from studies.store import Run
from studies.uploads import safe_cell
from ui.components.run_names import table_of, translated


def show(run: Run, words: Words) -> str | None:
    """Show one table of a run; return its name, or None if there is none."""
    if not run.tables:
        st.caption(words("runs.no_tables"))
        return None
    name = st.selectbox(words("runs.table"), run.tables, format_func=lambda its: table_of(its, words))
    table = run.table(name)
    st.dataframe(translated(table, words), hide_index=True, alt=table_of(name, words))
    text = table.map(safe_cell).rename(columns=lambda header: str(safe_cell(str(header)))).to_csv(index=False)
    st.download_button(
        words("runs.download"), text.encode("utf-8-sig"), f"{run.name}-{name}.csv", "text/csv",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    return name
