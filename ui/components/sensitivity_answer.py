"""Which numbers matter: what each moves from low to high, and which share of what isn't known it makes."""

import pandas as pd
import streamlit as st

from studies.deeper import Answered
from studies.language import Words, words_of
from studies.pack.told import number_name
from ui.components import charts
from ui.components.figures import Figures
from ui.components.prose import plain

_MOST = 10


def tornado(found: Answered, measure: str, words: Words, figures: Figures) -> None:
    """Tell what each number moves."""
    facts = found.facts
    down, up = (figures.amount(float(facts[end]), measure, sign=True) for end in ("down", "up"))
    said = words("sensitivity.answer", name=_name(str(facts["name"]), words), down=down, up=up)
    st.subheader(plain(said))
    table = found.tables["tornado"].head(2 * _MOST)
    ends = [words("sensitivity.low"), words("sensitivity.high")]
    shown = pd.DataFrame(
        {
            "name": [_name(str(name), words) for name in table["name"]],
            "end": [ends[place % 2] for place in range(len(table))],
            "difference": table["difference"],
        }
    )
    unit = figures.currency if measure == "bookings" else words("kpi.wins")
    charts.show(charts.tornado(shown, words("outcome.effect_axis", unit=unit)), words("asked.sensitivity"))
    st.caption(words("sensitivity.how"))


def shares(found: Answered, words: Words) -> None:
    """Tell which share of what isn't known each number makes."""
    rows = found.tables["indices"].sort_values("total", ascending=False, kind="stable").head(_MOST)
    st.subheader(plain(words("sensitivity.shares", name=_name(str(rows["name"].iloc[0]), words),
                             share=words.percent(float(rows["total"].iloc[0])))))  # fmt: skip
    shown = pd.DataFrame(
        {
            "name": [_name(str(name), words) for name in rows["name"]],
            "value": rows["total"], "low": rows["total_low"], "high": rows["total_high"],
        }
    )  # fmt: skip
    charts.show(charts.bars(shown, words("sensitivity.shares_axis"), percent=True), words("asked.sensitivity"))
    st.caption(words("sensitivity.shares_how"))


def _name(name: str, words: Words) -> str:
    return number_name(name, words_of("studies", words.language))
