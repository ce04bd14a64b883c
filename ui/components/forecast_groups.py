"""A forecast by team, region, segment and so on, and what changed since an earlier one."""

from typing import Any

import pandas as pd
import streamlit as st

from studies.forecast_changes import KINDS
from studies.language import Words
from ui.components import charts
from ui.components.figures import Figures

_DIMENSIONS = ("team", "region", "segment", "product", "channel", "rep")
_MOST = 12


def show(outlook: Any, measure: str, words: Words, figures: Figures) -> None:  # noqa: ANN401 - `forecast.outlook.Outlook`
    """Show who brings the running period's bookings, by a dimension that the reader picks."""
    there = [name for name in _DIMENSIONS if len(_groups(outlook, measure, name)) > 1]
    if not there:
        st.caption(words("forecast.no_groups"))
        return
    chosen = st.segmented_control(
        words("forecast.by"),
        there,
        default=there[0],
        format_func=lambda name: words(f"dimension.{name}"),
        required=True,
    )
    shown = _groups(outlook, measure, chosen or there[0]).sort_values("mean", ascending=False).head(_MOST)
    table = pd.DataFrame({"name": shown["group"], "value": shown["mean"], "low": shown["q10"], "high": shown["q90"]})
    unit = figures.currency if measure == "bookings" else words("kpi.wins")
    charts.show(charts.bars(table, words("forecast.groups_axis", unit=unit)), words("forecast.groups"))
    st.caption(words("forecast.groups_how"))
    with st.expander(words("forecast.groups_table")):
        st.dataframe(_laid_out(shown, measure, words, figures), hide_index=True, alt=words("forecast.groups_table"))


def changes(table: pd.DataFrame, words: Words, figures: Figures) -> None:
    """Show what changed, added up by kind."""
    rows = []
    for kind in KINDS:
        its = table[table["change"] == kind]
        if len(its):
            by = figures.amount(float(its["difference"].sum()), sign=True)
            rows.append((words(f"change.{kind.replace(' ', '_')}"), len(its), by))
    if not rows:
        st.caption(words("forecast.nothing_changed"))
        return
    columns = [words("column.change"), words("column.deals"), words("column.difference")]
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, alt=words("forecast.changed"))


def _groups(outlook: Any, measure: str, dimension: str) -> pd.DataFrame:  # noqa: ANN401 - as above
    table: pd.DataFrame = outlook.table(measure, dimension)
    running: pd.DataFrame = table[table["period"] == outlook.periods[0]]
    return running


def _laid_out(shown: pd.DataFrame, measure: str, words: Words, figures: Figures) -> pd.DataFrame:
    return pd.DataFrame(
        {
            words("column.group"): shown["group"],
            words("column.expected"): [figures.amount(value, measure) for value in shown["mean"]],
            words("column.range"): [
                figures.span(low, high, measure) for low, high in zip(shown["q10"], shown["q90"], strict=True)
            ],
        }
    )
