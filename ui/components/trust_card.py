"""Whether to trust the forecast: how forecasts of the past did, in a sentence, two figures and a chart."""

import streamlit as st

from studies.language import Words
from studies.past_forecasts import Trust
from ui.components import charts
from ui.components.figures import Figures


def show(trust: Trust, words: Words, figures: Figures, measure: str) -> None:
    """Show how past forecasts did."""
    said = words("trust.good") if trust.is_good else words("trust.doubt")
    (st.success if trust.is_good else st.warning)(said)
    first, second = st.columns(2)
    held = words.percent(trust.held)
    first.metric(words("trust.held"), held, border=True, help=words("trust.held_help"))
    key = "trust.better" if trust.gain >= 0 else "trust.worse"
    second.metric(words("trust.rival"), words(key, share=words.percent(abs(trust.gain))), border=True, help=trust.rival)
    table = trust.folds.assign(name=[words.date(when) for when in trust.folds["as_of"]])
    axis = words("unit.axis_money", currency=figures.currency) if measure == "bookings" else words("kpi.wins")
    charts.show(charts.past(table, axis), words("trust.chart"))
    st.caption(words("trust.chart_how"))
