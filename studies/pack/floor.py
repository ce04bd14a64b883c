"""The floor in a pack: how far leads come, and how busy the teams are, as things are and under the best plan."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.kpis.summary import COUNT, SHARE
from studies.charts import spread
from studies.language import Words
from studies.pack.document import Bars, Page, Quantity, Series, Table, line, quantities
from studies.pack.plan_names import plan_of
from studies.pack.speaking import futures, say

FLOOR = ("stages", "teams")
"""The tables that tell of it; a run may have some of them only."""

_RUNS = 0.8
"""Share of the runs that lie within a whisker (`studies.charts.spread`)."""


def floor_pages(tables: Mapping[str, pd.DataFrame], plans: Sequence[str], words: Words) -> tuple[Page, ...]:
    """Return a page on the stages and one on the teams, where the run kept them.

    Parameters
    ----------
    tables
        The run's ``stages`` and ``teams``.
    plans
        The scenarios to show, the baseline first.
    words
        The language.
    """
    pages = []
    if "stages" in tables:
        pages.append(_stages(_of(tables["stages"], plans), plans, words))
    if "teams" in tables and (busy := _of(tables["teams"], plans))["utilisation"].notna().any():
        named = busy.assign(team=busy["team"].replace("", words("floor.experts")))
        pages.append(_teams(named, plans, words))
    return tuple(pages)


def _of(table: pd.DataFrame, plans: Sequence[str]) -> pd.DataFrame:
    return table[table["scenario"].isin(plans)]


def _stages(stages: pd.DataFrame, plans: Sequence[str], words: Words) -> Page:
    found = spread(stages, ["stage", "scenario"], "entered")
    base = found[found["scenario"] == plans[0]].reset_index(drop=True)
    first, last = base.iloc[0], base.iloc[-1]
    claim = words(
        "floor.stages_claim",
        entered=say(words, Quantity(round(float(first["mean"])), COUNT)),
        first=first["stage"],
        reached=say(words, Quantity(round(float(last["mean"])), COUNT)),
        last=last["stage"],
    )
    table = _table(found, "stage", COUNT, words("floor.stages"), words)
    chart = _chart(found, "stage", plans, COUNT, words("floor.stages_axis"), words)
    return Page(claim, words("floor.whiskers", odds=futures(words, _RUNS)), chart, table)


def _teams(teams: pd.DataFrame, plans: Sequence[str], words: Words) -> Page:
    found = spread(teams, ["team", "scenario"], "utilisation")
    busiest = found[found["scenario"] == plans[0]].nlargest(1, "mean").iloc[0]
    share = say(words, Quantity(float(busiest["mean"]), SHARE))
    claim = words("floor.teams_claim", team=busiest["team"], share=share)
    table = _table(found, "team", SHARE, words("floor.teams"), words)
    chart = _chart(found, "team", plans, SHARE, words("floor.teams_axis"), words)
    return Page(claim, words("floor.teams_meaning", odds=futures(words, _RUNS)), chart, table)


def _chart(found: pd.DataFrame, by: str, plans: Sequence[str], unit: str, axis: str, words: Words) -> Bars:
    names = tuple(dict.fromkeys(found[by].astype(str)))
    series = []
    for plan in plans:
        its = found[found["scenario"] == plan].set_index(by).reindex(list(names))
        mean, low, high = (tuple(its[name].astype(float)) for name in ("mean", "low", "high"))
        series.append(Series(plan_of(words, plan), mean, low, high))
    return Bars(axis, axis, unit, names, tuple(series))


def _table(found: pd.DataFrame, by: str, unit: str, title: str, words: Words) -> Table:
    columns = (words(f"floor.{by}"), words("column.plan"), words("column.mean"), *range_heads(words))
    rows = (
        line(str(row[by]), plan_of(words, str(row["scenario"])), *quantities(row, ("mean", "low", "high"), unit))
        for row in found.to_dict("records")
    )
    return Table.of(title, columns, rows, texts=2)


def range_heads(words: Words) -> tuple[str, str]:
    """Return the heads of the columns that hold the ends of an 80 % range."""
    return words("column.low"), words("column.high")
