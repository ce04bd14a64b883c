"""Bringing an export: files are checked and previewed, their columns given a meaning, and the company is kept."""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

import pandas as pd
import streamlit as st

from sim.errors import HeadraceError
from studies.companies import keep_company
from studies.language import Words
from studies.mapping_assistant import currency_of, fits, last_day, mapping_text
from studies.uploads import MEGABYTE, Sheet, read_upload
from ui import state
from ui.components import mapping_form, upload_words
from ui.components.prose import fault, plain

_SHEETS, _SEEN = "upload-sheets", "upload-seen"
_TYPES = ("csv", "txt", "tsv", "gz", "parquet", "xlsx")
_OWN = ""


def ask(words: Words) -> None:
    """Ask for files, and read those that are new."""
    most = state.settings().upload_megabytes
    upload_words.show(words("upload.button"), words("upload.bounds", most=words.number(most)))
    files = st.file_uploader(
        words("upload.files"), _TYPES, accept_multiple_files=True, max_upload_size=most, label_visibility="collapsed"
    )
    seen = tuple(file.file_id for file in files)
    if seen == st.session_state.get(_SEEN, ()):
        return
    st.session_state[_SEEN], st.session_state[_SHEETS] = seen, []
    with st.spinner(words("upload.reading")):
        try:
            st.session_state[_SHEETS] = [read_upload(file.name, file.getvalue(), most * MEGABYTE) for file in files]
        except HeadraceError as error:
            st.error(fault(error, words))


def show(words: Words) -> None:
    """Show what was uploaded until it is said what it means."""
    sheets: list[Sheet] = st.session_state.get(_SHEETS, [])
    if not sheets:
        return
    st.divider()
    st.markdown(f"## {words('upload.what_is_it')}")
    _preview(sheets, words)
    mapping = _mapping(sheets, words)
    if mapping is None:
        return
    left, right = st.columns(2)
    name = left.text_input(words("upload.name"), PurePath(sheets[0].name).stem.replace("_", " "), max_chars=80)
    as_of = right.date_input(
        words("upload.as_of"),
        _proposed(sheets, mapping),
        format=words("unit.date_field"),
        help=words("upload.as_of_help"),
    )
    if st.button(words("upload.use"), type="primary", icon=":material/check:"):
        _use(name.strip() or sheets[0].name, sheets, mapping, as_of)


def _preview(sheets: Sequence[Sheet], words: Words) -> None:
    for sheet in sheets:
        title = words("upload.preview", name=sheet.name, rows=words.number(sheet.rows), columns=len(sheet.header))
        with st.expander(plain(title), icon=":material/table:"):
            st.dataframe(
                pd.DataFrame(list(sheet.preview), columns=list(sheet.header), dtype="str"), hide_index=True, alt=title
            )


def _mapping(sheets: Sequence[Sheet], words: Words) -> str | None:
    """Ask what the columns mean; return the mapping as YAML, or None while it isn't said."""
    ranked = fits(sheets)
    best = [fit.name for fit in ranked]
    labels = {fit.name: words("upload.fit", name=fit.name, share=words.percent(fit.share)) for fit in ranked}
    chosen = st.selectbox(
        words("upload.mapping"),
        [*best, _OWN],
        index=0 if ranked[0].share == 1 else len(best),
        format_func=lambda name: labels.get(name, words("upload.by_hand")),
        help=words("upload.mapping_help"),
    )
    if chosen == _OWN:
        return mapping_form.show(sheets[0], words)
    missing = next(fit.missing for fit in ranked if fit.name == chosen)
    if missing:
        st.warning(words("upload.missing", columns=plain(", ".join(missing[:12]))))
    return mapping_text(chosen)


def _proposed(sheets: Sequence[Sheet], mapping: str) -> date:
    return last_day(sheets, mapping)


def _use(name: str, sheets: Sequence[Sheet], mapping: str, as_of: date) -> None:
    key = keep_company(name, sheets, mapping, as_of, state.writable())
    st.session_state[_SHEETS] = []
    state.change(
        company=key,
        as_of=None,
        target=0.0,
        plans=(),
        plan={},
        asked=(),
        currency=currency_of(mapping) or state.view().currency,
    )
    st.rerun()
