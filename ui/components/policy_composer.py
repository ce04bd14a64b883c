"""Putting a routing policy together: who may get a lead at all, and who of those gets it."""

import streamlit as st

from studies.composed import FILTERS, RANKINGS, compose
from studies.language import Words
from ui import state
from ui.components.policy_names import part_name, policy_name
from ui.components.prose import plain


def show(policies: tuple[str, ...], most: int, words: Words) -> None:
    """Offer the parts, and to try what they make beside the other policies."""
    named = {part: part_name(part, words) for part in (*FILTERS, *RANKINGS)}
    with st.expander(words("routing.compose"), icon=":material/build:"):
        st.caption(words("routing.compose_how"))
        who, how = st.columns(2)
        filters = who.multiselect(words("routing.filters"), FILTERS, format_func=named.__getitem__)
        rankings = how.multiselect(words("routing.rankings"), RANKINGS, format_func=named.__getitem__, max_selections=3)
        if not rankings:
            return
        name = compose(filters, rankings)
        st.markdown(f"**{plain(policy_name(name, words))}**")
        full = name in policies or len(policies) >= most
        if st.button(words("routing.compose_add"), icon=":material/add:", disabled=full):
            state.change(policies=(*policies, name))
            st.session_state["chooser"] = st.session_state.get("chooser", 0) + 1
            st.rerun()
