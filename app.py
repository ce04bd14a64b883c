"""Headrace in the browser: the list of pages, and nothing else."""

import streamlit as st

from ui.pages import runs

st.set_page_config(page_title="Headrace", layout="wide")
st.navigation([st.Page(runs.show, title="Runs", url_path="runs")]).run()
