"""Streamlit's own words on its upload button, which are English whatever the language, said in the view's language."""

from html import escape

import streamlit as st

_BUTTON = '[data-testid="stFileUploaderDropzone"] button p'
_BOUNDS = '[data-testid="stFileUploaderDropzoneInstructions"] span'


def show(button: str, bounds: str) -> None:
    """Let upload fields say what is pressed, and what is taken; what they said themselves is hidden."""
    rules = "".join(
        f"{place} {{ font-size: 0; }} {place}::after {{ content: '{_quoted(said)}'; font-size: {size}; }}"
        for place, said, size in ((_BUTTON, button, "1rem"), (_BOUNDS, bounds, "0.875rem"))
    )
    st.html(f"<style>{rules}</style>")


def _quoted(text: str) -> str:
    return escape(text, quote=False).replace("\\", "\\\\").replace("'", "\\'")
