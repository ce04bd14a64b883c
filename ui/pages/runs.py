"""What has been asked so far: the run folders, and the answer that each one holds."""

import streamlit as st


def show() -> None:
    """Show the page."""
    st.title("Runs")
    st.info("No run yet. `headrace demo` makes one.")
