"""Questions that take a while: each is asked by a switch that stands in the view, so a reload finds its answer."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from studies import deeper, explore
from studies.deeper import Answered
from studies.jobs import Job
from studies.language import Words
from studies.outlooks import Known
from ui import state
from ui.components import keeping, waiting

type Tell = Callable[[Answered], None]
"""Shows an answer."""


def is_asked(name: str, words: Words) -> bool:
    """Show a question's switch and return whether it is asked; one that is asked no more is given up."""
    asked = state.view().asked
    chosen = st.toggle(words(f"asked.{name}"), name in asked, key=f"ask-{name}", help=words(f"asked_does.{name}"))
    if chosen != (name in asked):
        state.change(asked=(*asked, name) if chosen else tuple(each for each in asked if each != name))
        if not chosen:
            state.leave(name)
    return chosen


def deeper_question(name: str, known: Known, words: Words, tell: Tell) -> None:
    """Ask one of `studies.deeper.QUESTIONS` if it is wanted, and show the answer with its run."""
    if not is_asked(name, words):
        return
    if not state.may_change():
        st.info(words("asked.read_only"))
        return
    now = state.view()
    aim = {"target": now.target, **now.goal.model_dump()} if name == "goal" else {}
    work = partial(deeper.ask, name, known, now.target, state.writable(), state.settings().sharing, terms=now.goal)
    job = state.start(name, {**explore.asked(now), "question": name, **aim}, work)
    waiting.show(job, partial(_draw, tell=tell, words=words), words("asked.wait"))


def _draw(job: Job, tell: Tell, words: Words) -> None:
    if isinstance(job.found, Answered):
        tell(job.found)
        keeping.take_along(job.found.folder, words)
