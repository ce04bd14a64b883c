"""Whom to hire when: which positions to open by which day, what a month's delay costs, and the hours behind it."""

from typing import Any

import pandas as pd
import streamlit as st

from studies.deeper import Answered
from studies.language import Words
from ui.components import charts
from ui.components.figures import Figures
from ui.components.prose import plain


def show(found: Answered, words: Words, figures: Figures) -> None:
    """Tell a hiring plan."""
    positions = found.tables["positions"].to_dict("records")
    short = [each for each in positions if each["starts"] is not None and not pd.isna(each["starts"])]
    until = str(found.facts["until"])
    for each in short:
        st.subheader(plain(_sentence(each, found, words, figures)))
    if not short:
        st.subheader(words("hiring.nobody", until=until))
    table = pd.DataFrame([_row(each, words, figures) for each in positions])
    st.dataframe(table, hide_index=True, alt=words("hiring.positions"))
    st.caption(words("hiring.how", until=until))
    for team, months in found.tables["months"].groupby("team", sort=False):
        st.markdown(f"**{words('hiring.hours', team=plain(str(team)))}**")
        shown = pd.DataFrame(
            {"month": months["month"].astype(str), "usable": months["usable"], "need": months["p50"],
             "low": months["p10"], "high": months["p90"]}
        )  # fmt: skip
        chart = charts.staffing(shown, words("hiring.axis"), words("hiring.usable"), words("hiring.need"))
        charts.show(chart, words("hiring.hours", team=str(team)))
    st.caption(words("hiring.hours_how"))


def _sentence(each: dict[Any, Any], found: Answered, words: Words, figures: Figures) -> str:
    past = each["open_by"] is not None and each["open_by"] < found.facts["today"]
    clear = not each["low"] <= 0 <= each["high"]
    said = {
        "team": each["team"],
        "n": words.number(each["positions"]),
        "month": f"{each['short_from']:%Y-%m}",
        "day": words.date(each["open_by"]),
    }
    first = words("hiring.late" if past else "hiring.open", **said)
    cost = figures.amount(each["delay"])
    return words("unit.gap").join((first, words("hiring.delay" if clear else "hiring.delay_open", cost=cost)))


def _row(each: dict[Any, Any], words: Words, figures: Figures) -> dict[str, str]:
    return {
        words("column.team"): each["team"],
        words("column.short_from"): "–" if pd.isna(each["short_from"]) else f"{each['short_from']:%Y-%m}",
        words("column.positions"): words.number(each["positions"]),
        words("column.open_by"): "–" if pd.isna(each["open_by"]) else words.date(each["open_by"]),
        words("column.brings"): figures.amount(each["gain"], sign=True),
        words("column.delay"): figures.amount(each["delay"]),
        words("column.sure"): figures.span(each["low"], each["high"]),
    }
