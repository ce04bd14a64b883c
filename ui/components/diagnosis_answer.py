"""What holds the funnel back: the main cause, what each cause keeps away, where it sits, and what an hour is worth."""

import pandas as pd
import streamlit as st

from studies.deeper import Answered
from studies.language import Words, words_of
from studies.pack.speaking import named
from ui.components import charts
from ui.components.figures import Figures
from ui.components.prose import plain

_PARTS = 4


def show(found: Answered, measure: str, words: Words, figures: Figures) -> None:
    """Tell a diagnosis."""
    st.subheader(plain(_answer(found, words)))
    facts = found.facts
    shape = words(f"shape.{str(facts['shape']).replace(' ', '_').replace('-', '_')}")
    if facts["stage"]:
        said = words("diagnosis.shape", shape=shape, stage=facts["stage"], times=words.number(float(facts["ratio"]), 1))
        st.markdown(plain(said))
    charts.show(
        charts.intervals(_causes(found, measure, words, figures), _axis(measure, words, figures)),
        words("asked.diagnosis"),
    )
    st.caption(words("diagnosis.how", days=words.number(float(facts["days"]))))
    parts, hours = st.columns(2)
    parts.markdown(f"**{words('diagnosis.where')}**")
    parts.dataframe(_parts(found, measure, words, figures), hide_index=True, alt=words("diagnosis.where"))
    hours.markdown(f"**{words('diagnosis.hours')}**")
    hours.dataframe(_hours(found, measure, words, figures), hide_index=True, alt=words("diagnosis.hours"))


def cause_name(cause: str, words: Words) -> str:
    """Return what a cause is called."""
    return words(f"cause.{cause.replace(' ', '_').replace('-', '_')}")


def _answer(found: Answered, words: Words) -> str:
    facts = found.facts
    said = {"cause": cause_name(str(facts["cause"]), words), "share": words.percent(float(facts["relative"]), 1)}
    if facts["healthy"]:
        return words("diagnosis.healthy", **said)
    return words("diagnosis.main", part=_name(str(facts["part"]), words), **said)


def _name(who: str, words: Words) -> str:
    """Return a team's, channel's or stage's name: its own, or a word for the team of stages that nobody works."""
    return named(words_of("studies", words.language), "team", who)


def _axis(measure: str, words: Words, figures: Figures) -> str:
    unit = figures.currency if measure == "bookings" else words("kpi.wins")
    return words("diagnosis.axis", unit=unit)


def _causes(found: Answered, measure: str, words: Words, figures: Figures) -> pd.DataFrame:
    table = found.tables["causes"]
    alone = table[table["how"] == "alone"]
    alone = alone[alone["cause"] != "interaction"]
    return pd.DataFrame(
        {
            "name": [cause_name(str(cause), words) for cause in alone["cause"]],
            "label": [figures.amount(gain, measure, sign=True) for gain in alone["gain"]],
            "difference": alone["gain"], "low": alone["low"], "high": alone["high"],
        }
    )  # fmt: skip


def _parts(found: Answered, measure: str, words: Words, figures: Figures) -> pd.DataFrame:
    rows = found.tables["parts"].sort_values("gain", ascending=False, kind="stable").head(2 * _PARTS)
    return pd.DataFrame(
        {
            words("column.cause"): [cause_name(str(cause), words) for cause in rows["cause"]],
            words("column.where"): [_name(str(part), words) for part in rows["part"]],
            words("column.gain"): [figures.amount(gain, measure, sign=True) for gain in rows["gain"]],
            words("column.sure"): _spans(rows, measure, figures),
        }
    )


def _hours(found: Answered, measure: str, words: Words, figures: Figures) -> pd.DataFrame:
    rows = found.tables["hours"].sort_values("gain", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            words("column.team"): [_name(str(who), words) for who in rows["who"]],
            words("column.gain"): [figures.amount(gain, measure, sign=True) for gain in rows["gain"]],
            words("column.sure"): _spans(rows, measure, figures),
        }
    )


def _spans(rows: pd.DataFrame, measure: str, figures: Figures) -> list[str]:
    return [figures.span(low, high, measure, sign=True) for low, high in zip(rows["low"], rows["high"], strict=True)]
