"""A range as a ladder: at least so much in nine of ten futures, in five, in one."""

from collections.abc import Mapping
from typing import Any

from studies.language import Words
from studies.pack.document import Bars, Series
from studies.pack.palette import GOAL, GOOD, UNSURE
from studies.pack.speaking import capital, futures, named

STEPS: Mapping[str, float] = {"q10": 0.9, "q25": 0.75, "q50": 0.5, "q75": 0.25, "q90": 0.1}
"""Quantile → share of futures that bring at least as much."""


def ladder(row: Mapping[Any, Any], kpi: str, unit: str, title: str, words: Words, target: float | None = None) -> Bars:
    """Draw quantiles as bars, each named by how many futures reach it, with a target as the last bar.

    Parameters
    ----------
    row
        The quantiles, named as in `STEPS`.
    kpi, unit
        Name and unit of the figure.
    title, words
        Of the chart; the language.
    target
        To be reached, if anything is.
    """
    names = [words("ladder.step", odds=futures(words, share), percentile=name[1:]) for name, share in STEPS.items()]
    values = [float(row[name]) for name in STEPS]
    marks = [GOOD if share == STEPS["q50"] else UNSURE for share in STEPS.values()]
    if target is not None:
        names, values, marks = [*names, words("ladder.target")], [*values, target], [*marks, GOAL]
    figure = capital(named(words, "kpi", kpi))
    axis = words("compare.axis", kpi=figure, unit=named(words, "axis", unit))
    return Bars(title, axis, unit, tuple(names), (Series(figure, tuple(values), marks=tuple(marks)),))
