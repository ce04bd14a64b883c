"""The forecast in three figures: what will be booked, its range, and the chance to reach a target that is asked for."""

import streamlit as st

from studies.forecast import Made
from studies.language import Words
from ui import state
from ui.components.figures import Figures


def show(made: Made, measure: str, words: Words, figures: Figures) -> float:
    """Ask for the target, show the figures, and return the target (0: none)."""
    outlook = made.outlook
    draws = outlook.draws(measure)
    low, middle, high = (float(outlook.table(measure)[name].iloc[0]) for name in ("q10", "q50", "q90"))
    answer = st.container()
    first, second, third = st.columns([3, 4, 3])
    target = _ask(words, middle)
    first.metric(words("forecast.middle", period=outlook.periods[0]), figures.amount(middle, measure), border=True)
    second.metric(words("forecast.range"), figures.span(low, high, measure), border=True)
    share = float((draws >= target).mean()) if target else float("nan")
    said = words.percent(share) if target else "–"
    third.metric(words("forecast.chance"), said, border=True)
    answer.subheader(_answer(made, measure, target, words, figures))
    return target


def _ask(words: Words, middle: float) -> float:
    step = 10.0 ** max(0, len(str(int(max(1.0, middle)))) - 2)
    target = st.number_input(
        words("forecast.target"),
        min_value=0.0,
        value=state.view().target,
        step=step,
        format="%.0f",
        help=words("forecast.target_help"),
        width=280,
    )
    if target != state.view().target:
        state.change(target=target)
    return float(target)


def _answer(made: Made, measure: str, target: float, words: Words, figures: Figures) -> str:
    outlook = made.outlook
    draws = outlook.draws(measure)
    middle = float(outlook.table(measure)["q50"].iloc[0])
    said = {"period": outlook.periods[0], "amount": figures.amount(middle, measure)}
    if not target:
        return words("forecast.answer_open", **said)
    ten = figures.of_ten(float((draws >= target).mean()))
    return words("forecast.answer", **said, ten=ten, target=figures.amount(target, measure))
