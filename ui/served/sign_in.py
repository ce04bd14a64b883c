"""Signing in with the company's own identity provider, where the server has one in its secrets."""

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from studies.language import Words


def show(words: Words) -> bool:
    """Ask for signing in where that is set up; return whether the visitor may come in."""
    if not _is_set_up() or st.user.get("is_logged_in"):
        return True
    st.title("Headrace")
    st.write(words("sign_in.why"))
    st.button(words("sign_in.button"), type="primary", on_click=st.login)
    return False


def _is_set_up() -> bool:
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False
