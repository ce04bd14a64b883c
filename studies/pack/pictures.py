"""A pack's charts as pictures, for the page and the paper; slides and workbooks draw their own, which can be edited."""

import altair as alt
import pandas as pd

from sim.kpis.summary import SHARE
from studies.charts import Chart
from studies.pack.document import Bars, Series
from studies.pack.palette import MARKS, SERIES

_WIDTH, _BAR, _GAP = 400, 15, 10
_LABEL = 200
"""Pixels that the names of the categories take, in every chart, so that bars begin below each other."""


def drawn(chart: Bars) -> Chart:
    """Return the chart as Altair draws it."""
    rows = _rows(chart)
    base = alt.Chart(rows).encode(y=_categories(chart))
    grouped = not chart.stacked and len(chart.series) > 1
    if grouped:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=_names(chart)))
    layers = [base.mark_bar().encode(x=_axis(chart), color=_colour(chart), order="place:Q")]
    if chart.ranged:
        whiskers = base.transform_filter("isValid(datum.low)")
        layers.append(whiskers.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q"))
    elif not chart.stacked:
        labels = base.mark_text(align="left", dx=4, fontSize=12, color="#010203")
        layers.append(labels.encode(x="value:Q", text=alt.Text("value:Q", format=axis_format(chart))))
    bars = len(chart.series) if grouped else 1
    height = len(chart.categories) * (_BAR * bars + _GAP)
    return alt.layer(*layers).properties(width=_WIDTH, height=max(height, 2 * (_BAR + _GAP)))


def axis_format(chart: Bars) -> str:
    """Return d3's format of the values: so many digits as tell the bars apart."""
    if chart.unit == SHARE:
        return ".0%"
    largest = max((abs(value) for series in chart.series for value in series.values if value == value), default=0.0)  # noqa: PLR0124 - NaN isn't itself
    return ",.0f" if largest >= 100 else ",.2~f" if largest < 10 else ",.1~f"


def colours(chart: Bars, place: int) -> tuple[str, ...]:
    """Return a colour for each category of a series."""
    series = chart.series[place]
    return tuple(MARKS[mark] for mark in series.marks) or (SERIES[place],) * len(chart.categories)


def _rows(chart: Bars) -> pd.DataFrame:
    return pd.concat([_of_series(chart, place, series) for place, series in enumerate(chart.series)], ignore_index=True)


def _of_series(chart: Bars, place: int, series: Series) -> pd.DataFrame:
    missing = (float("nan"),) * len(chart.categories)
    return pd.DataFrame(
        {
            "category": chart.categories,
            "series": series.name,
            "place": place,
            "value": series.values,
            "low": series.low or missing,
            "high": series.high or missing,
            "colour": colours(chart, place),
        }
    )


def _names(chart: Bars) -> list[str]:
    return [series.name for series in chart.series]


def _categories(chart: Bars) -> alt.Y:
    axis = alt.Axis(labelLimit=_LABEL, minExtent=_LABEL, maxExtent=_LABEL, domain=False, ticks=False, labelPadding=6)
    return alt.Y("category:N", sort=list(chart.categories), title=None, axis=axis)


def _axis(chart: Bars) -> alt.X:
    axis = alt.Axis(format=axis_format(chart), tickCount=6)
    return alt.X("value:Q", title=chart.axis, axis=axis, stack="zero" if chart.stacked else None)


def _colour(chart: Bars) -> alt.Color:
    if len(chart.series) == 1:
        return alt.Color("colour:N", scale=None)
    scale = alt.Scale(domain=_names(chart), range=list(SERIES[: len(chart.series)]))
    return alt.Color("series:N", sort=_names(chart), scale=scale, title=None)
