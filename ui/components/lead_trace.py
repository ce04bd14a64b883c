"""One lead's life under two ways to hand out leads, side by side, with the reason for every assignment."""

from functools import partial

import pandas as pd
import streamlit as st

from studies import explore, trace
from studies.jobs import Job
from studies.kept import Place
from studies.language import Words
from studies.outlooks import Known
from studies.routing_trials import trials
from studies.trace import Told, Traced, TraceRequest
from ui import state
from ui.components import asking, waiting
from ui.components.figures import Figures
from ui.components.outcomes import Labels
from ui.components.prose import plain

_MOST = 30
"""Leads to choose among."""


def show(known: Known, policies: tuple[str, ...], labels: Labels, words: Words) -> None:
    """Ask which lead is followed under which policy, and tell its story."""
    if known.funnel is None or not asking.is_asked("trace", words):
        return
    policy = st.selectbox(words("trace.policy"), policies, format_func=labels.__getitem__)
    request = TraceRequest(funnel=known.funnel, plans=trials([policy]), days=known.days, language=words.language)
    asked = {**explore.asked(state.view()), "policy": policy}
    listing = state.start("leads", asked, lambda _: trace.list_leads(request, _MOST).leads.head(_MOST))
    waiting.show(
        listing, partial(_choose, request=request, asked=asked, labels=labels, words=words), words("trace.wait")
    )


def _choose(job: Job, request: TraceRequest, asked: dict[str, object], labels: Labels, words: Words) -> None:
    leads: pd.DataFrame = job.found
    if leads.empty:
        st.info(words("trace.none"))
        return
    figures = Figures.of(words, state.view())
    said = {str(lead): f"{lead} · {row['channel']} · {figures.amount(row['amount'])}" for lead, row in leads.iterrows()}
    lead = st.selectbox(words("trace.lead"), list(said), format_func=said.__getitem__, help=words("trace.lead_help"))
    work = partial(_follow, request, lead)
    telling = state.start("trace", {**asked, "lead": lead, "language": words.language}, work)
    waiting.show(telling, partial(_tell, labels=labels, words=words), words("trace.wait"))


def _follow(request: TraceRequest, lead: str, job: Job) -> Told:
    return trace.tell_lead(request, lead, Place(), job.progress)


def _tell(job: Job, labels: Labels, words: Words) -> None:
    told = job.found
    if not isinstance(told, Told):
        return
    for place, traced in zip(st.columns(len(told.traced)), told.traced, strict=True):
        place.markdown(f"**{plain(labels[traced.plan])}**")
        place.table(_story(traced, words))
    st.caption(words("trace.how"))


def _story(traced: Traced, words: Words) -> pd.DataFrame:
    dates = [words.moment(traced.log.instant(moment.time)) for moment in traced.moments]
    told = {words("column.happened"): [moment.sentence for moment in traced.moments]}
    return pd.DataFrame(told).set_axis(pd.Index(dates, name=words("column.date")))
