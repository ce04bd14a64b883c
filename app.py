"""Headrace in the browser: ``streamlit run app.py`` serves what is here."""

from pathlib import Path

import streamlit as st

from ui.served.addresses import pages_at_their_addresses

app = st.App(Path(__file__).parent / "ui" / "served" / "visit.py", routes=pages_at_their_addresses())
