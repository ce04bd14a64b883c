"""The forecast in three figures: what will be booked, its range, and the chance to reach a target that is asked for."""

import numpy as np
import streamlit as st

from studies.language import Words
from studies.outlooks import Known
from ui import state
from ui.components.figures import Figures


def show(known: Known, words: Words, figures: Figures) -> float:
    """Ask for the target, show the figures, and return the target (0: none)."""
    assert known.made is not None
    outlook, measure = known.made.outlook, known.measure
    draws = outlook.draws(measure)
    low, middle, high = (float(value) for value in np.quantile(draws, [0.1, 0.5, 0.9]))
    answer = st.container()
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    target = _ask(right, words, middle, measure)
    with left:
        first, second, third = st.columns(3)
        first.metric(words("forecast.middle", period=outlook.periods[0]), figures.amount(middle, measure), border=True)
        second.metric(words("forecast.range"), figures.span(low, high, measure), border=True)
        share = float((draws >= target).mean()) if target else float("nan")
        said = words.percent(share) if target else "–"
        third.metric(words("forecast.chance"), said, border=True)
    with answer:
        _say(words, figures, measure, outlook.periods[0], middle, target, share)
    return target


def _ask(place: "st.delta_generator.DeltaGenerator", words: Words, middle: float, measure: str) -> float:
    step = 10.0 ** max(0, len(str(int(max(1.0, middle)))) - 2)
    target = place.number_input(
        words("forecast.target"),
        min_value=0.0,
        value=state.view().target,
        step=step,
        format="%.0f",
        help=words("forecast.target_help"),
    )
    if target != state.view().target:
        state.change(target=target)
    return float(target)


def _say(words: Words, figures: Figures, measure: str, period: str, middle: float, target: float, share: float) -> None:  # noqa: PLR0913, PLR0917
    if target:
        text = words(
            "forecast.answer",
            period=period,
            amount=figures.amount(middle, measure),
            ten=figures.of_ten(share),
            target=figures.amount(target, measure),
        )
    else:
        text = words("forecast.answer_open", period=period, amount=figures.amount(middle, measure))
    st.subheader(text)
