"""The app's charts: one accent for what matters, grey for what it is compared with, every axis with its unit.

They fit the width of their place and follow the theme; blue, orange and grey are told apart by the colour-blind.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from studies.language import Language
from ui import state

ACCENT, QUIET, WARM = "#2E86C8", "#98A2AD", "#D98310"
"""Blue for what is looked at, grey for what it is held against, orange for a target or a warning."""
SAID = "#6F7B87"
"""For words in a chart: a grey that can be read on white and on black."""
PALETTE = (ACCENT, WARM, "#3AA17E", "#B46BA3", QUIET, "#7FC4EE")
_ROW, _AXIS = 34, 60
_BANDS = ((95, 0.18), (80, 0.3), (50, 0.5))

_LABEL = "datum.label"
_LABELS = {
    Language.ENGLISH: _LABEL,
    Language.CHINESE: (
        "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, '{plain}') + '亿' : "
        "abs(datum.value) >= 1e4 ? format(datum.value / 1e4, '{plain}') + '万' : format(datum.value, '{plain}')"
    ),
}
"""Language → what Vega writes on an axis: Chinese counts in ten thousands."""

type Chart = Any
"""An Altair chart of any kind."""


def show(chart: Chart, alt_text: str) -> None:
    """Show a chart; ``alt_text`` tells a screen reader what is in it."""
    # Left to itself, Streamlit fits axes and legend into the height that a chart keeps for its rows.
    fitted = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    st.altair_chart(
        fitted.configure_axis(labelLimit=220, labelOverlap="greedy", grid=False), width="stretch", alt=alt_text
    )


def _axis(format_: str, *, grid: bool = False) -> alt.Axis:
    """Return an axis of numbers, in thousands and millions or as the reader's language counts; a 0 stands alone."""
    label = _LABEL if format_.endswith("%") else _LABELS[state.view().language].format(plain=format_.replace("s", "f"))
    return alt.Axis(format=format_, labelExpr=f"datum.value ? ({label}) : '0'", tickCount=5, grid=grid)


def _height(rows: int, more: int = 0) -> int:
    """Return the height of a chart of rows; its axis is fitted into it."""
    return (_ROW + more) * max(2, rows) + _AXIS


def fan(table: pd.DataFrame, target: float, x: str, y: str, date: str) -> Chart:
    """Show how what is booked builds up: median and ranges of 50, 80 and 95 % by ``date``, and the target."""
    base = alt.Chart(table).encode(x=alt.X("date:T", title=x, axis=alt.Axis(format=date, tickCount=6)))
    axis = _axis("~s", grid=True)
    layers = [
        base.mark_area(color=ACCENT, opacity=opacity).encode(
            y=alt.Y(f"low_{width}:Q", title=y, axis=axis), y2=f"high_{width}:Q"
        )
        for width, opacity in _BANDS
    ]
    layers.append(base.mark_line(color=ACCENT, strokeWidth=2.5).encode(y="median:Q"))
    if target:
        aim = alt.Chart(pd.DataFrame({"target": [target]}))
        layers.append(aim.mark_rule(color=WARM, strokeWidth=2, strokeDash=[6, 4]).encode(y="target:Q"))
    return alt.layer(*layers).properties(height=300)


def waterfall(table: pd.DataFrame, x: str) -> Chart:
    """Show how parts add up: ``part``, ``start``, ``end``, and ``low`` to ``high`` of its end; the total last."""
    order = list(table["part"])
    colours = [*[ACCENT] * (len(order) - 1), QUIET]
    colour = alt.Color("part:N", legend=None, scale=alt.Scale(domain=order, range=colours))
    base = alt.Chart(table).encode(y=alt.Y("part:N", sort=order, title=None))
    bars = base.mark_bar(size=20, cornerRadius=3).encode(
        x=alt.X("start:Q", title=x, axis=_axis("~s")), x2="end:Q", color=colour
    )
    return (bars + base.mark_rule(strokeWidth=1.5, color=QUIET).encode(x="low:Q", x2="high:Q")).properties(
        height=_height(len(order))
    )


def intervals(table: pd.DataFrame, x: str, *, percent: bool = False) -> Chart:
    """Show differences to things as they are: ``name``, ``difference``, ``low``, ``high``, ``label``."""
    order = list(table["name"])
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=order, title=None))
    axis = _axis("+.0%" if percent else "+~s", grid=True)
    clear = alt.condition("datum.low > 0 || datum.high < 0", alt.value(ACCENT), alt.value(QUIET))
    lines = base.mark_rule(strokeWidth=3, opacity=0.55).encode(
        x=alt.X("low:Q", title=x, axis=axis), x2="high:Q", color=clear
    )
    dots = base.mark_point(filled=True, size=130, opacity=1).encode(x="difference:Q", color=clear)
    words = base.mark_text(dy=-13, fontSize=12, color=SAID).encode(x="difference:Q", text="label:N")
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeDash=[4, 4], color=QUIET).encode(x="zero:Q")
    return (zero + lines + dots + words).properties(height=_height(len(order), 10))


def bars(table: pd.DataFrame, x: str, *, percent: bool = False) -> Chart:
    """Show one bar a row: ``name``, ``value``, ``label``; a range from ``low`` to ``high`` where there is one."""
    order = list(table["name"])
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=order, title=None))
    axis = _axis("%" if percent else "~s")
    found = base.mark_bar(size=20, color=ACCENT, cornerRadius=3).encode(x=alt.X("value:Q", title=x, axis=axis))
    if "low" in table:
        found += base.mark_rule(strokeWidth=1.5, color=QUIET).encode(x="low:Q", x2="high:Q")
        return found.properties(height=_height(len(order)))
    words = base.mark_text(align="left", dx=5, fontSize=12, color=SAID).encode(x="value:Q", text="label:N")
    return (found + words).properties(height=_height(len(order)))


def stacked(table: pd.DataFrame, x: str, parts: Sequence[str]) -> Chart:
    """Show a bar a row that is made of parts: ``name``, ``part``, ``value``."""
    order = list(dict.fromkeys(table["name"]))
    scale = alt.Scale(domain=list(parts), range=list(PALETTE[: len(parts)]))
    return (
        alt.Chart(table)
        .mark_bar(size=20)
        .encode(
            y=alt.Y("name:N", sort=order, title=None),
            x=alt.X("sum(value):Q", title=x, axis=alt.Axis(tickCount=5)),
            color=alt.Color("part:N", sort=list(parts), scale=scale, title=None, legend=alt.Legend(orient="top")),
            order=alt.Order("place:Q"),
        )
        .properties(height=_height(len(order)) + 30)
    )


def trade_off(table: pd.DataFrame, x: str, y: str) -> Chart:
    """Show what plans win against what they cost in fairness: ``name``, ``x``, ``y`` with ``low`` and ``high``."""
    base = alt.Chart(table).encode(
        x=alt.X("x:Q", title=x, scale=alt.Scale(zero=False, padding=40), axis=alt.Axis(tickCount=5))
    )
    axis = _axis("~s", grid=True)
    lines = base.mark_rule(strokeWidth=2, color=ACCENT, opacity=0.4).encode(y="low:Q", y2="high:Q")
    dots = base.mark_point(filled=True, size=140, color=ACCENT, opacity=1).encode(
        y=alt.Y("y:Q", title=y, axis=axis, scale=alt.Scale(zero=False))
    )
    middle = float(table["x"].min() + table["x"].max()) / 2
    on_the_left, on_the_right = (base.transform_filter(f"datum.x {side} {middle}") for side in ("<=", ">"))
    words = (  # written to where there is room
        on_the_left.mark_text(align="left", dx=10, fontSize=12, color=SAID),
        on_the_right.mark_text(align="right", dx=-10, fontSize=12, color=SAID),
    )
    layers = (lines, dots, *(each.encode(y="y:Q", text="name:N") for each in words))
    return alt.layer(*layers).properties(height=320)


def past(table: pd.DataFrame, y: str) -> Chart:
    """Show past forecasts: ``name``, the 80 % range ``low`` to ``high``, the ``median``, and what came: ``actual``."""
    base = alt.Chart(table).encode(
        x=alt.X("name:N", sort=list(table["name"]), title=None, axis=alt.Axis(labelAngle=-40))
    )
    axis = _axis("~s", grid=True)
    ranges = base.mark_bar(size=14, color=ACCENT, opacity=0.35, cornerRadius=3).encode(
        y=alt.Y("low:Q", title=y, axis=axis), y2="high:Q"
    )
    middle = base.mark_tick(color=ACCENT, thickness=3, size=14).encode(y="median:Q")
    came = base.mark_point(filled=True, size=80, color=WARM, opacity=1).encode(y="actual:Q")
    return (ranges + middle + came).properties(height=280)


def tornado(table: pd.DataFrame, x: str) -> Chart:
    """Show what each number moves at its ends: ``name``, ``end``, ``difference``; the largest first."""
    order = list(dict.fromkeys(table["name"]))
    ends = list(dict.fromkeys(table["end"]))
    scale = alt.Scale(domain=ends, range=[WARM, ACCENT])
    return (
        alt.Chart(table)
        .mark_bar(size=18)
        .encode(
            y=alt.Y("name:N", sort=order, title=None),
            x=alt.X("difference:Q", title=x, stack=None, axis=_axis("+~s", grid=True)),
            color=alt.Color("end:N", sort=ends, scale=scale, title=None, legend=alt.Legend(orient="top")),
        )
        .properties(height=_height(len(order)) + 30)
    )


def staffing(table: pd.DataFrame, y: str, usable: str, need: str) -> Chart:
    """Show a team's months: ``month``, hours ``usable`` as a line, and the ``need`` with ``low`` and ``high``."""
    base = alt.Chart(table).encode(x=alt.X("month:N", sort=list(table["month"]), title=None))
    axis = _axis("~s", grid=True)
    colour = alt.Scale(domain=[usable, need], range=[ACCENT, WARM])
    legend = alt.Legend(orient="top")
    ranges = base.mark_rule(color=WARM, strokeWidth=3, opacity=0.45).encode(y="low:Q", y2="high:Q")
    lines = base.mark_line(strokeWidth=2.5).encode(
        y=alt.Y("usable:Q", title=y, axis=axis), color=alt.Color("of:N", scale=colour, title=None, legend=legend)
    )
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(y="need:Q", color=alt.Color("what:N", scale=colour))
    layers = (lines.transform_calculate(of=f"{usable!r}"), ranges, dots.transform_calculate(what=f"{need!r}"))
    return alt.layer(*layers).properties(height=240)
