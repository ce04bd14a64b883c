"""Evidence: where every number comes from: your data, or a default with its source and its grade."""

from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from studies.evidence import beliefs, grades
from studies.funnel_folder import ESTIMATES
from studies.language import Words
from studies.outlooks import Known
from ui import state
from ui.components import asking, estimates, knowing, sensitivity_answer
from ui.components.estimates import ASSUMED


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("evidence.title"))
    st.caption(words("evidence.how"))
    yours, defaults = st.tabs([words("evidence.yours"), words("evidence.defaults")])
    with yours:
        known = knowing.show("funnel")
        if known is not None:
            _yours(known, words)
    with defaults:
        _defaults(words)


def _yours(known: Known, words: Words) -> None:
    table = known.funnel.tables[ESTIMATES] if known.funnel else pd.DataFrame()
    is_assumed = table["how"].str.startswith(ASSUMED)
    first, second = st.columns(2)
    first.metric(words("evidence.from_data"), words.number(int((~is_assumed).sum())), border=True)
    second.metric(words("evidence.assumed"), words.number(int(is_assumed.sum())), border=True)
    only = st.toggle(words("evidence.only_assumed"))
    shown = table[is_assumed] if only else table
    st.dataframe(_numbers(shown, words), hide_index=True, alt=words("evidence.yours"))
    st.markdown(f"### {words('evidence.matters')}")
    asking.deeper_question("sensitivity", known, words, partial(sensitivity_answer.shares, words=words))


def _numbers(shown: pd.DataFrame, words: Words) -> Styler:
    value, error = words("column.value"), words("column.error")
    basis = [words("evidence.default" if its else "evidence.data") for its in shown["how"].str.startswith(ASSUMED)]
    return pd.DataFrame(
        {
            words("column.where"): [estimates.place(where, words) for where in shown["where"]],
            words("column.what"): [estimates.number(what, words) for what in shown["what"]],
            value: shown["value"],
            error: shown["error"],
            words("column.observations"): shown["n"],
            words("column.basis"): basis,
            words("column.method"): [estimates.method(how, words) for how in shown["how"]],
        }
    ).style.format("{:.4g}", na_rep="–", subset=[value, error])


def _defaults(words: Words) -> None:
    for grade in grades():
        st.markdown(f"**{grade}**  {words(f'grade.{grade}')}")
    table = beliefs(words.language)
    st.dataframe(
        pd.DataFrame(
            {
                words("column.topic"): [words(f"topic.{topic}") for topic in table["topic"]],
                words("column.what"): table["name"],
                words("column.value"): table["value"],
                words("column.spread"): table["spread"],
                words("column.grade"): table["grade"],
                words("column.unit"): table["unit"],
                words("column.source"): table["source"],
            }
        ),
        hide_index=True,
        alt=words("evidence.defaults"),
    )
