"""What a page may ask for: the view, its words, the jobs, and who is asking.

The view lives in the session while a person moves from page to page, and in the address all the time, so that a reload,
a bookmark and a shared link show the same.
"""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from sim.errors import DataError, SpecError
from studies import outlooks
from studies.app_settings import AppSettings
from studies.companies import Company, company_of
from studies.jobs import Job, Jobs, Work, key_of
from studies.language import Words, words_of
from studies.outlooks import Known
from studies.view import Plan, View, read_view

_VIEW, _LINK = "view", "view"


@st.cache_resource
def settings() -> AppSettings:
    """Return the settings of this server."""
    return AppSettings.of()


@st.cache_resource
def jobs() -> Jobs:
    """Return the jobs of this server, those of all its visitors."""
    return Jobs()


def open_view() -> str:
    """Take the view from the address where this session has none; return what was wrong with it, or nothing."""
    problem = ""
    if _VIEW not in st.session_state:
        try:
            st.session_state[_VIEW] = read_view(st.query_params.get(_LINK, ""))
        except DataError as error:
            st.session_state[_VIEW], problem = View(), str(error)
    _write_link()
    return problem


def view() -> View:
    """Return what is being looked at."""
    found: View = st.session_state.get(_VIEW, View())
    return found


def change(**changes: object) -> None:
    """Look at something else."""
    st.session_state[_VIEW] = View.model_validate({**view().model_dump(), **changes})
    _write_link()


def _write_link() -> None:
    link = view().to_link()
    if link != st.query_params.get(_LINK):
        st.query_params[_LINK] = link


def words() -> Words:
    """Return the texts of the view's language."""
    return words_of("ui", view().language)


def person() -> str:
    """Return the mail address of whoever signed in, or nothing where nobody does."""
    return str(st.user.get("email", "")) if st.user.get("is_logged_in") else ""


def may_change() -> bool:
    """Whether this person may upload and keep things."""
    return settings().may_change(person())


def writable() -> Path:
    """Return the folder of runs for this person to write in; everything that changes it asks here.

    Raises
    ------
    SpecError
        If this person only reads.
    """
    if not may_change():
        raise SpecError("this server is for reading only for you, so nothing was kept; ask whoever runs it")
    return settings().runs


def leave(what: str) -> None:
    """Give up what this session asked of a kind."""
    if key := st.session_state.get("watched", {}).pop(what, ""):
        jobs().leave(key, _session())


def start(what: str, asked: dict[str, object], work: Work) -> Job:
    """Start a job, or find the one that is there; what this session asked of the same kind before is given up."""
    key = key_of(what, asked)
    watched: dict[str, str] = st.session_state.setdefault("watched", {})
    if watched.get(what, key) != key:
        jobs().leave(watched[what], _session())
    watched[what] = key
    return jobs().start(key, work, _session())


def company() -> Company | None:
    """Return the view's company, or None before one is chosen or where this server has it no more."""
    try:
        return company_of(view().company, settings().runs) if view().company else None
    except DataError:
        return None


def link_to(name: str, label: str) -> None:
    """Show a link to another page of the app."""
    st.page_link(st.session_state["pages"][name], label=label, icon=":material/arrow_forward:")


def open_plan(plan: Plan, **changes: object) -> None:
    """Set the panel of levers as in a plan, and begin the page anew with it."""
    change(plan=plan, **changes)
    st.session_state["panel"] = st.session_state.get("panel", 0) + 1
    st.rerun()


def company_job() -> Job:
    """Return the job that finds out what is known of the view's company."""
    now = view()
    return start("know", outlooks.asked(now), partial(outlooks.know, now, settings().runs))


def known() -> Known | None:
    """Return what is known of the view's company so far."""
    found: Any = company_job().found if view().company else None
    return found if isinstance(found, Known) else None


def _session() -> str:
    return str(st.session_state.setdefault("session", id(st.session_state)))
