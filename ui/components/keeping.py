"""Keeping an answer as a run folder, and handing it out: the report, and a pack for the board."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from sim.errors import HeadraceError
from studies import explore
from studies.explore import Explored
from studies.jobs import Job, State
from studies.language import Language, Words
from studies.pack.formats import Format
from studies.pack.pack import pack
from studies.store import load_run
from ui import state
from ui.components.prose import fault, plain


def show(job: Job, words: Words) -> None:
    """Offer to keep what was explored once it is finished."""
    if job.state is State.DONE and isinstance(job.found, Explored):
        explored = job.found
        offer(job.key, lambda: explore.keep(explored, state.writable()).folder, words)


def offer(key: str, keep: Callable[[], str], words: Words) -> None:
    """Offer to keep an answer; ``keep`` does it and returns the run folder. Then offer what can be taken along."""
    kept: dict[str, str] = st.session_state.setdefault("kept", {})
    if state.may_change() and st.button(words("keeping.keep"), key=f"keep-{key}", icon=":material/save:"):
        kept[key] = keep()
    if key in kept:
        folder = Path(kept[key])
        st.caption(words("keeping.kept", name=plain(folder.name)))
        take_along(folder, words)


def take_along(folder: Path, words: Words) -> None:
    """Offer the report of a run folder, and a pack for the board in the format that is chosen."""
    report = folder / "report.html"
    if report.is_file() and words.language is Language.ENGLISH:  # it is kept in English; a pack speaks any language
        _download(words("keeping.report"), report.read_bytes(), f"{folder.name}.html")
    chosen = st.segmented_control(
        words("keeping.pack"), list(Format), format_func=lambda its: its.value.upper(), key=f"pack-{folder.name}"
    )
    if chosen is None:
        return
    try:
        with st.spinner(words("keeping.packing")):
            content = _packed(str(folder), chosen, words.language)
    except HeadraceError as error:
        st.error(fault(error, words))
    else:
        _download(words("keeping.pack_ready"), content, f"{folder.name}-board.{chosen.value}")


@st.cache_data(max_entries=16, show_spinner=False)
def _packed(folder: str, format_: Format, language: Language) -> bytes:
    return pack(load_run(Path(folder)), format_, language)


def _download(label: str, content: bytes, name: str) -> None:
    st.download_button(label, content, name, key=f"get-{name}", icon=":material/download:", on_click="ignore")
