"""What the screen calls runs: the question that each answers, and its answer in the view's language."""

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from sim.errors import HeadraceError
from studies.language import Language, Words, words_of
from studies.pack import plan_names
from studies.pack.cells import cell_of
from studies.pack.speaking import head_of
from studies.pack.story import answer_in
from studies.store import Run, load_run


def answer_of(run: Run, words: Words) -> str:
    """Return what a run found, in a sentence; its own where the tables that would tell it can't be read."""
    return run.manifest.answer if words.language is Language.ENGLISH else _told(str(run.folder), words.language)


@st.cache_data(max_entries=500, show_spinner=False)
def _told(folder: str, language: Language) -> str:
    run = load_run(Path(folder))
    try:
        return answer_in(run, language)
    except HeadraceError:
        return run.manifest.answer


def kind_of(verb: str, words: Words) -> str:
    """Return what a verb of the command line asks."""
    return verb if words.language is Language.ENGLISH else _texts(words).texts.get(f"question.{verb}", verb)


def plan_of(name: str, words: Words) -> str:
    """Return what a plan of a run is called."""
    return name if words.language is Language.ENGLISH else plan_names.plan_of(_texts(words), name)


def table_of(name: str, words: Words) -> str:
    """Return what a table of a run is called."""
    return name if words.language is Language.ENGLISH else _texts(words).texts.get(f"table.{name}", name)


def translated(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return a table of a run with its columns, and what Headrace names in them, in the view's language."""
    if words.language is Language.ENGLISH:
        return table
    texts = _texts(words)
    shown = {str(name): column.map(partial(_cell, texts, str(name))) for name, column in table.items()}
    return table.assign(**shown).rename(columns=lambda name: head_of(texts, str(name)))


def _cell(texts: Words, column: str, value: object) -> object:
    return cell_of(texts, column, value) if isinstance(value, str) else value


def _texts(words: Words) -> Words:
    return words_of("studies", words.language)
