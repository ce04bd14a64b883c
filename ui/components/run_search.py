"""Looking for runs: by what was asked, by tag, by what is written in them."""

import pandas as pd
import streamlit as st

from studies.language import Words
from studies.library.catalogue import catalogue
from studies.store import Run
from ui import state
from ui.components.run_names import answer_of, kind_of

_COLUMNS = ("created", "verb", "answer", "tags", "note", "plan")


def show(runs: tuple[Run, ...], words: Words) -> list[Run]:
    """Ask what is looked for, lay out what is found, and return it, the newest first."""
    root = state.settings().runs
    every = catalogue(root)
    tags = sorted({tag for text in every["tags"] for tag in text.split(", ") if tag})
    by_text, by_verb, by_tag = st.columns([2, 1, 1])
    text = by_text.text_input(words("runs.search"), placeholder=words("runs.search_hint"), max_chars=100)
    verb = by_verb.selectbox(
        words("runs.verb"),
        sorted(set(every["verb"])),
        index=None,
        placeholder=words("runs.any"),
        format_func=lambda verb: kind_of(verb, words),
    )
    tag = by_tag.selectbox(words("runs.tag"), tags, index=None, placeholder=words("runs.any"), disabled=not tags)
    found = catalogue(root, verb=verb or "", tag=tag or "", text=text) if text or verb or tag else every
    with st.expander(words("runs.found", n=words.number(len(found)))):
        st.dataframe(_table(found, runs, words), hide_index=True, alt=words("runs.title"))
    names = set(found["run"])
    return [run for run in runs if run.name in names]


def _table(found: pd.DataFrame, runs: tuple[Run, ...], words: Words) -> pd.DataFrame:
    answers = {run.name: answer_of(run, words) for run in runs}
    dated = found.assign(
        created=found["created"].str[:10],
        verb=[kind_of(verb, words) for verb in found["verb"]],
        answer=[answers.get(name, answer) for name, answer in zip(found["run"], found["answer"], strict=True)],
    )
    return dated[list(_COLUMNS)].rename(columns={name: words(f"run_column.{name}") for name in _COLUMNS})
