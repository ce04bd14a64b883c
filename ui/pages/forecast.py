"""The forecast: what will be booked, how sure that is, what it is made of, who brings it, and whether to trust it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from studies import outlooks, past_forecasts
from studies.forecast import Made
from studies.forecast_charts import fan_table, waterfall_table
from studies.language import Words
from studies.outlooks import Known
from ui import state
from ui.components import asking, charts, forecast_groups, keeping, knowing, target_card, trust_card, waiting
from ui.components.figures import Figures


def show() -> None:
    """Show the page."""
    words = state.words()
    st.title(words("forecast.title"))
    known = knowing.show("made")
    if known is None or known.made is None:
        return
    figures = Figures.of(words, state.view())
    measure = known.measure
    target = target_card.show(known.made, measure, words, figures)
    if measure == "wins":
        st.info(words("forecast.wins_only"))
    _fan(known.made, measure, target, words)
    _made_of(known.made, measure, words)
    st.markdown(f"### {words('forecast.groups')}")
    forecast_groups.show(known.made.outlook, measure, words, figures)
    st.markdown(f"### {words('forecast.changed')}")
    _changed(known, words, figures)
    st.markdown(f"### {words('forecast.trust')}")
    _trust(known, words, figures)
    keeping.offer(state.company_job().key, partial(_keep, known), words)
    state.link_to("what_if", words("forecast.next"))


def _fan(made: Made, measure: str, target: float, words: Words) -> None:
    st.markdown(f"### {words('forecast.fan', period=made.outlook.periods[0])}")
    st.caption(words("forecast.fan_how"))
    axis, date = _axis(words, measure), words("column.date")
    charts.show(
        charts.fan(_dated(made, measure), target, date, axis, words("unit.date_axis")), words("forecast.fan_alt")
    )


def _made_of(made: Made, measure: str, words: Words) -> None:
    st.markdown(f"### {words('forecast.parts', period=made.outlook.periods[0])}")
    st.caption(words("forecast.parts_how"))
    charts.show(charts.waterfall(_parts(made, measure, words), _axis(words, measure)), words("forecast.parts_alt"))


def _keep(known: Known) -> str:
    return outlooks.keep(known, state.view(), state.writable())


def _axis(words: Words, measure: str) -> str:
    return words("unit.axis_money", currency=state.view().currency) if measure == "bookings" else words("kpi.wins")


def _dated(made: Made, measure: str) -> pd.DataFrame:
    outlook, start = made.outlook, pd.Timestamp(made.outlook.as_of.date())
    table = fan_table(outlook, measure)
    table = table[table["day"] <= float(outlook.ends[0]) + outlook.step_days]
    return table.assign(date=[start + timedelta(days=float(day)) for day in table["day"]])


def _parts(made: Made, measure: str, words: Words) -> pd.DataFrame:
    table = waterfall_table(made.outlook, measure)
    return table.assign(part=[words(f"forecast_part.{name.replace(' ', '_')}") for name in table["part"]])


def _changed(known: Known, words: Words, figures: Figures) -> None:
    if not asking.is_asked("changed", words):
        return
    now = state.view()
    work = partial(past_forecasts.changed, now, known, state.settings().runs)
    job = state.start("changed", _asked(), work)
    waiting.show(job, lambda job: forecast_groups.changes(job.found, words, figures), words("forecast.changed_wait"))


def _trust(known: Known, words: Words, figures: Figures) -> None:
    if not asking.is_asked("trust", words):
        return
    work = partial(past_forecasts.held_against_past, state.view(), known, state.settings().runs)
    job = state.start("trust", _asked(), work)
    waiting.show(
        job, lambda job: trust_card.show(job.found, words, figures, known.measure), words("forecast.trust_wait")
    )


def _asked() -> dict[str, Any]:
    now = state.view()
    return {"company": now.company, "as_of": now.as_of, "fiscal": now.fiscal_month, "period": now.period}
