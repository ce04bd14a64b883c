"""Start: look at the example, or bring an export of your own and say what its columns mean."""

from functools import partial

import streamlit as st

from studies.companies import EXAMPLE
from studies.language import Words
from ui import state
from ui.components import findings, upload

_STEPS = ("see", "forecast", "try", "keep")


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("start.title"))
    st.markdown(words("start.promise"))
    example, own = st.columns(2, gap="medium")
    with example.container(border=True, height="stretch"):
        st.markdown(f"### {words('start.example')}")
        st.write(words("start.example_what"))
        st.button(
            words("start.example_go"), type="primary", icon=":material/play_arrow:",
            on_click=partial(state.change, company=EXAMPLE, as_of=None, currency="EUR", target=2_500_000.0),
        )  # fmt: skip
    with own.container(border=True, height="stretch"):
        st.markdown(f"### {words('start.own')}")
        st.write(words("start.own_what"))
        if state.may_change():
            upload.ask(words)
        else:
            st.caption(words("start.read_only"))
    upload.show(words)
    if state.view().company:
        _chosen(words)
    else:
        _what_comes(words)


def _chosen(words: Words) -> None:
    """Show the company that is being looked at, and the quality of its data."""
    company = state.company()
    if company is None:
        st.error(words("start.gone"))
        return
    st.divider()
    st.markdown(f"## {words('start.looking_at', name=company.name)}")
    latest = company.as_of
    day = st.date_input(
        words("start.as_of"),
        min(state.view().as_of or latest, latest),
        max_value=latest,
        format=words("unit.date_field"),
        help=words("start.as_of_help"),
    )
    wanted = None if day == latest else day
    if wanted != state.view().as_of:
        state.change(as_of=wanted)
    findings.show(words)


def _what_comes(words: Words) -> None:
    for place, step in zip(st.columns(len(_STEPS)), _STEPS, strict=True):
        place.markdown(f"**{words(f'step.{step}')}**  \n{words(f'step.{step}_what')}")
