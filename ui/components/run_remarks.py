"""Remarks on a run: tags, a note, and the lock that makes it a settled version of the plan."""

import streamlit as st

from studies.language import Words
from studies.library.remarks import Remarks, is_intact, lock, lock_of, remark, remarks_on
from studies.store import Run
from ui import state
from ui.components.prose import plain

_LONGEST_TAG, _LONGEST_NOTE = 40, 2000


def show(run: Run, words: Words) -> None:
    """Show what was remarked on a run, and let those who may remark more."""
    remarks = remarks_on(run)
    _locked(run, words)
    if not state.may_change():
        _read(remarks, words)
        return
    with st.expander(words("remarks.title"), icon=":material/edit_note:"):
        given = st.multiselect(
            words("remarks.tags"), remarks.tags, remarks.tags, accept_new_options=True, key=f"tags-{run.name}",
            placeholder=words("remarks.tags_hint"),
        )  # fmt: skip
        note = st.text_area(words("remarks.note"), remarks.note, max_chars=_LONGEST_NOTE, key=f"note-{run.name}")
        if st.button(words("remarks.keep"), key=f"remark-{run.name}", icon=":material/save:"):
            _remark(run, tuple(given), note)
        if lock_of(run) is None:
            plan = st.text_input(
                words("remarks.plan"), max_chars=80, key=f"plan-{run.name}", help=words("remarks.lock_how")
            )
            if st.button(
                words("remarks.lock"), key=f"lock-{run.name}", icon=":material/lock:", disabled=not plan.strip()
            ):
                _lock(run, plan.strip())


def _locked(run: Run, words: Words) -> None:
    settled = lock_of(run)
    if settled is None:
        return
    said = {"plan": plain(settled.plan), "day": settled.locked[:10]}
    if is_intact(run, settled):
        st.success(words("remarks.locked", **said), icon=":material/lock:")
    else:
        st.error(words("remarks.broken", **said))


def _read(remarks: Remarks, words: Words) -> None:
    if remarks.tags:
        st.caption(words("remarks.tagged", tags=plain(", ".join(remarks.tags))))
    if remarks.note:
        st.caption(plain(remarks.note))


def _remark(run: Run, tags: tuple[str, ...], note: str) -> None:
    state.writable()
    kept = Remarks().tagged(tag.strip()[:_LONGEST_TAG] for tag in tags)
    remark(run, Remarks(tags=kept.tags, note=note.strip()))
    st.rerun()


def _lock(run: Run, plan: str) -> None:
    state.writable()
    lock(run, plan)
    st.rerun()
