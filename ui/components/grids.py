"""A study's own table, every cell already in words."""

import pandas as pd
import streamlit as st

from studies.grid import Grid
from ui.components.prose import plain


def show(grid: Grid) -> None:
    """Show a table with its title and its note."""
    st.markdown(f"### {plain(grid.title)}")
    heads = [f"{head}{'\u200b' * grid.columns[:place].count(head)}" for place, head in enumerate(grid.columns)]
    st.dataframe(pd.DataFrame(list(grid.rows), columns=heads), hide_index=True, alt=grid.title)
    if grid.note:
        st.caption(plain(grid.note))
