"""Axes that can be read: large values in thousands or millions, in Chinese in 万 or 亿, with the scale in the title."""

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite

from studies.language import Words
from studies.pack.document import Bars, Page, Series

_SCALES = {"en": (("million", 1e6), ("thousand", 1e3)), "zh": (("hundred_million", 1e8), ("ten_thousand", 1e4))}
_FROM = 2
"""How many of a scale the largest value must be for it to be taken."""


def scaled(page: Page, words: Words) -> Page:
    """Return the page with a chart whose numbers are short; the table keeps the full ones."""
    if page.chart is None:
        return page
    largest = max((abs(value) for value in _values(page.chart) if isfinite(value)), default=0.0)
    for name, size in _SCALES[words.language.value]:
        if largest >= _FROM * size:
            return replace(page, chart=_divided(page.chart, size, words(f"scale.{name}", axis=page.chart.axis)))
    return page


def _values(chart: Bars) -> Iterable[float]:
    return (value for series in chart.series for value in (*series.values, *series.low, *series.high))


def _divided(chart: Bars, size: float, axis: str) -> Bars:
    return replace(chart, axis=axis, series=tuple(_smaller(series, size) for series in chart.series))


def _smaller(series: Series, size: float) -> Series:
    values, low, high = (tuple(value / size for value in part) for part in (series.values, series.low, series.high))
    return replace(series, values=values, low=low, high=high)
