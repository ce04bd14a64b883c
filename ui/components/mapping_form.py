"""Saying by hand what the columns of an export mean, with guesses to start from."""

from itertools import batched

import streamlit as st

from sim.errors import HeadraceError
from studies.language import Words
from studies.mapping_assistant import CHANGES, DEALS, HELPFUL, NEEDED, column, guess, mapping_by_hand, stage_names
from studies.uploads import Sheet
from ui.components.prose import fault

_NOTHING = ""


def show(sheet: Sheet, words: Words) -> str | None:
    """Ask for the meaning of one table's columns; return the mapping as YAML, or None while something is missing."""
    kind = st.segmented_control(
        words("mapping.kind"), (DEALS, CHANGES), default=DEALS, required=True,
        format_func=lambda name: words(f"mapping.{name.replace('-', '_')}"),
    )  # fmt: skip
    kind = kind or DEALS
    columns = {}
    for row in batched((*NEEDED[kind], *HELPFUL), 3):
        for place, field in zip(st.columns(3), row, strict=False):
            columns[field] = _column(place, sheet, field, words, needed=field in NEEDED[kind])
    if not columns["stage"]:
        st.info(words("mapping.no_stage"))
        return None
    open_, won, lost = stage_names(column(sheet, columns["stage"]))
    every = (*open_, *won, *lost)
    stages = st.multiselect(words("mapping.stages"), every, default=open_, help=words("mapping.stages_help"))
    won = tuple(st.multiselect(words("mapping.won"), every, default=won))
    lost = tuple(st.multiselect(words("mapping.lost"), every, default=lost))
    try:
        return mapping_by_hand(kind, columns, stages, won, lost)
    except HeadraceError as error:
        st.warning(fault(error, words))
        return None


def _column(place: "st.delta_generator.DeltaGenerator", sheet: Sheet, field: str, words: Words, *, needed: bool) -> str:
    options = (_NOTHING, *sheet.header)
    said = words(f"field.{field}")
    return place.selectbox(
        words("mapping.needed", field=said) if needed else said,
        options,
        index=options.index(guess(sheet, field)),
        format_func=lambda name: name or words("mapping.none"),
        key=f"column-{field}",
    )
