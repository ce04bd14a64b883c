"""The tables of a run, as they are kept."""

import streamlit as st

from studies.store import Run


def show(run: Run) -> str | None:
    """Show one table of a run; return its name, or None if there is none."""
    if not run.tables:
        st.caption("This run keeps no tables.")
        return None
    name = st.selectbox("Table", run.tables)
    st.dataframe(run.table(name), hide_index=True)
    return name
