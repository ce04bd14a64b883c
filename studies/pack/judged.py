"""What the past says of the model, as pages: a hindcast of the funnel, and a back-test of the forecast."""

from collections.abc import Mapping
from math import isinf
from typing import Any

import numpy as np
import pandas as pd

from forecast.backtest import MODEL, OURS, skill_of
from forecast.scores import TENTHS, pit_counts
from sim.kpis import HEADLINES
from sim.kpis.summary import COUNT, DAYS, MONEY, SHARE
from studies.language import Words
from studies.pack.document import Bars, Cells, Page, Quantity, Series, Table, line, quantities
from studies.pack.floor import range_heads
from studies.pack.palette import GOOD, UNSURE
from studies.pack.speaking import capital, futures, named, say
from studies.store import Run
from studies.wording import DASH, unit_of

_RANGE = 0.8
_HONEST = (0.65, 0.95)
"""Shares of outcomes inside that an 80 % range may hold and be called honest."""
_WIDEST = 4.0
"""A figure that was simulated this many times over is left out of the chart, or no other bar could be read."""

type Row = Mapping[Any, Any]


def hindcast_pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return how many of the actual figures lay in the range that was forecast for them."""
    found = run.table("hindcast")
    inside, share = int(found["inside"].sum()), float(found["inside"].mean())
    claim = words("hindcast.claim", n=inside, m=len(found), odds=futures(words, _RANGE))
    honest = "hindcast.honest" if share >= _HONEST[0] else "hindcast.off"
    columns = (words("column.figure"), words("hindcast.actual"), words("hindcast.simulated"),
               *range_heads(words), words("hindcast.inside"))  # fmt: skip
    rows = [_judged(row, words) for row in found.to_dict("records")]
    table = Table.of(words("hindcast.table"), columns, rows, note=words("hindcast.note"))
    return (Page(claim, words(honest), _beside(found, words), table),)


def _judged(row: Row, words: Words) -> Cells:
    figure = str(row["figure"])
    unit = _unit(figure)
    numbers = (Quantity(float(row[name]), unit) for name in ("actual", "mean", "low", "high"))
    return (_title(figure, words), *numbers, words("pack.yes" if row["inside"] else "pack.no"))


def _beside(found: pd.DataFrame, words: Words) -> Bars:
    known = found[found["figure"].isin(HEADLINES) & found["mean"].gt(0)]
    shown = known[known["actual"].abs() <= _WIDEST * known["mean"]]
    names = tuple(_title(str(figure), words) for figure in shown["figure"])
    parts = {name: tuple(shown[name] / shown["mean"]) for name in ("mean", "low", "high", "actual")}
    simulated = Series(words("hindcast.simulated"), parts["mean"], parts["low"], parts["high"])
    actual = Series(words("hindcast.actual"), parts["actual"])
    return Bars(words("hindcast.chart"), words("hindcast.axis"), SHARE, names, (actual, simulated))


def _title(figure: str, words: Words) -> str:
    name, _, what = figure.partition(" ")
    return capital(words(f"hindcast.{name}", what=what) if what else named(words, "kpi", name))


def _unit(figure: str) -> str:
    name = figure.partition(" ")[0]
    return unit_of(name) or {"dwell_median": DAYS, "busy_hours": COUNT}[name]


def backtest_pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return how far past forecasts were off beside simple rules, and every one of them."""
    scores, folds = run.table("scores").set_index("method"), run.table("folds")
    unit = MONEY if run.manifest.settings.get("measure", "bookings") == "bookings" else COUNT
    its = folds[folds["method"] == MODEL]
    return (_scores(scores, its, unit, words), _every(its, unit, words))


def _scores(scores: pd.DataFrame, its: pd.DataFrame, unit: str, words: Words) -> Page:
    errors = scores["crps"]
    best, skill = skill_of(errors)
    kind = "exact" if isinf(skill) else "better" if skill > 0 else "worse"
    claim = capital(words(f"backtest.{kind}", by=words.percent(abs(skill)), rule=named(words, "rule", best)))
    held, share = int(its["inside_80"].sum()), float(its["inside_80"].mean())
    honest = words("backtest.honest" if _HONEST[0] <= share <= _HONEST[1] else "backtest.off")
    said = words("backtest.held", odds=futures(words, _RANGE), n=held, m=len(its))
    names = tuple(named(words, "rule", str(name)) for name in scores.index)
    marks = tuple(GOOD if name in OURS else UNSURE for name in scores.index)
    axis = words("compare.axis", kpi=words("backtest.error"), unit=named(words, "axis", unit))
    series = Series(words("backtest.error"), tuple(scores["crps"].astype(float)), marks=marks)
    chart = Bars(words("backtest.chart"), axis, unit, names, (series,))
    return Page(claim, f"{said}{words('unit.gap')}{honest}", chart, _score_table(scores, unit, words))


def _score_table(scores: pd.DataFrame, unit: str, words: Words) -> Table:
    units = {"n": COUNT, "crps": unit, "difference": unit, "standard_error": unit, "inside_80": SHARE, "bias": SHARE}
    table = scores.rename(columns={"error": "standard_error"})
    rows = [
        line(named(words, "rule", str(name)), *(_score(row, part, its) for part, its in units.items()))
        for name, row in table.iterrows()
    ]
    columns = [words(f"backtest.{name}") for name in ("rule", *units)]
    return Table.of(words("backtest.scores"), columns, rows, note=words("backtest.note"))


def _score(row: pd.Series, part: str, unit: str) -> Quantity:
    return Quantity(float(row[part]), unit, part in {"difference", "bias"})


def _every(its: pd.DataFrame, unit: str, words: Words) -> Page:
    rows = [
        line(
            f"{row['as_of']:%Y-%m-%d}",
            str(row["period"]),
            str(row["group"]),
            *quantities(row, ("actual", "median", "low", "high"), unit),
        )
        for row in its.to_dict("records")
    ]
    missed = (its["actual"] - its["median"]).abs().median()
    claim = words("backtest.every", miss=say(words, Quantity(float(missed), unit)), n=its["as_of"].nunique())
    heads = (words("backtest.as_of"), words("forecast.period"), words("backtest.group"), words("hindcast.actual"))
    columns = (*heads, words("column.median"), *range_heads(words))
    table = Table.of(words("backtest.folds"), columns, rows, texts=3)
    return Page(claim, words("backtest.every_meaning"), _tenths(its, words), table)


def _tenths(its: pd.DataFrame, words: Words) -> Bars:
    """Return the PIT histogram: in which tenth of its range each outcome fell."""
    share = 1 / TENTHS
    names = tuple(f"{words.percent(k * share)}{DASH}{words.percent((k + 1) * share)}" for k in range(TENTHS))
    series = Series(words("backtest.n"), tuple(pit_counts(its["pit"].to_numpy(np.float64)).tolist()))
    return Bars(words("backtest.pit"), words("backtest.n"), COUNT, names, (series,))
