"""Which share of the most that any routing policy could book each of them gets."""

from functools import partial

import pandas as pd
import streamlit as st

from studies import explore
from studies.jobs import Job
from studies.language import Words
from studies.near_limit import near_limit
from studies.outlooks import Known
from ui import state
from ui.components import asking, charts, waiting
from ui.components.figures import Figures
from ui.components.outcomes import Labels


def show(known: Known, policies: tuple[str, ...], labels: Labels, words: Words) -> None:
    """Ask for the limit and show each policy's share of it."""
    if known.measure != "bookings" or not asking.is_asked("limit", words):
        return
    work = partial(near_limit, known, policies, state.settings().sharing)
    job = state.start("limit", {**explore.asked(state.view()), "policies": policies}, work)
    waiting.show(job, partial(_draw, labels=labels, words=words), words("routing.limit_wait"))


def _draw(job: Job, labels: Labels, words: Words) -> None:
    table, figures = job.found, Figures.of(words, state.view())
    best = table.loc[table["share"].idxmax()]
    said = {"plan": labels[str(best["scenario"])], "share": words.percent(float(best["share"]))}
    st.subheader(words("routing.limit_answer", limit=figures.amount(float(best["limit"])), **said))
    names = [labels[str(name)] for name in table["scenario"]]
    shown = pd.DataFrame({"name": names, "value": table["share"], "low": table["low"], "high": table["high"]})
    charts.show(charts.bars(shown, words("routing.limit_axis"), percent=True), words("asked.limit"))
    st.caption(words("routing.limit_how"))
