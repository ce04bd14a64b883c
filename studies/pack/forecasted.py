"""A forecast as pages: how much in so many of ten futures, what it is made of, and which deals decide."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from forecast.outlook import PARTS, TOTAL
from sim.kpis.summary import COUNT, DAYS, MONEY, SHARE
from studies.forecast import CHANGES, DEALS, TABLE, TARGET
from studies.forecast_changes import KINDS
from studies.language import Words
from studies.pack.document import Bars, Cell, Page, Quantity, Series, Table, line, quantities
from studies.pack.floor import range_heads
from studies.pack.ladder import ladder
from studies.pack.speaking import capital, futures, named, say, span
from studies.store import Run

_BY = ("team", "region", "segment", "product", "channel", "rep")
_MOST = 10
_RANGE = 0.8

type Row = Mapping[Any, Any]


def pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return the finding, the periods with their parts, the first grouping that there is, the deals, the changes."""
    every = run.table(TABLE)
    measure = _measure(every)
    unit = MONEY if measure == "bookings" else COUNT
    its = every[every["measure"] == measure]
    total = its[its["dimension"] == TOTAL]
    running = str(total["period"].iloc[0])
    by = next((name for name in _BY if len(_group(its, name, running)) > 1), "")
    parts = [_finding(run, total, measure, unit, words), _periods(total, measure, unit, words)]
    if by:
        parts.append(_groups(_group(its, by, running), by, running, unit, words))
    if len(deals := run.table(DEALS)):
        parts.append(_deals(deals, running, unit, words))
    if CHANGES in run.tables and len(moved := run.table(CHANGES)):
        parts.append(_changes(moved, words))
    return tuple(parts)


def _measure(every: pd.DataFrame) -> str:
    total = every[(every["measure"] == "bookings") & (every["dimension"] == TOTAL)]
    return "bookings" if total["mean"].gt(0).any() else "wins"


def _group(its: pd.DataFrame, dimension: str, period: str) -> pd.DataFrame:
    return its[(its["dimension"] == dimension) & (its["period"] == period)]


def _finding(run: Run, total: pd.DataFrame, measure: str, unit: str, words: Words) -> Page:
    row = total.to_dict("records")[0]
    figure, period = named(words, "kpi", measure), str(row["period"])
    low, high = (Quantity(float(row[name]), unit) for name in ("q10", "q90"))
    claim = words(
        "forecast.claim", period=period, kpi=figure, range=span(words, low, high), odds=futures(words, _RANGE)
    )
    target = run.table(TARGET).to_dict("records")[0] if TARGET in run.tables else None
    middle = say(words, Quantity(float(row["q50"]), unit))
    said = words("forecast.middle", middle=middle, odds=futures(words, 0.5))
    if target is not None:
        said = f"{_reach(target, unit, words)}{words('unit.gap')}{said}"
    goal = None if target is None else float(target["target"])
    title = words("forecast.ladder", kpi=figure, period=period)
    chart = ladder(row, measure, unit, title, words, goal)
    return Page(claim, said, chart, _quantiles(total, figure, unit, words))


def _reach(target: Row, unit: str, words: Words) -> str:
    goal, missing = (say(words, Quantity(float(target[name]), unit)) for name in ("target", "worst_shortfall"))
    chance = float(target["chance"])
    return words(
        "forecast.reach", target=goal, odds=futures(words, chance), chance=words.percent(chance), missing=missing
    )


def _quantiles(total: pd.DataFrame, figure: str, unit: str, words: Words) -> Table:
    names = ("mean", "q2.5", "q10", "q50", "q90", "q97.5")
    rows = [line(str(row["period"]), *quantities(row, names, unit)) for row in total.to_dict("records")]
    heads = [words(f"quantile.{name.replace('.', '_')}") for name in names[1:]]
    columns = (words("forecast.period"), words("column.mean"), *heads)
    return Table.of(words("forecast.quantiles", kpi=figure), columns, rows, note=words("forecast.quantiles_note"))


def _periods(total: pd.DataFrame, measure: str, unit: str, words: Words) -> Page:
    row = total.to_dict("records")[0]
    figure = named(words, "kpi", measure)
    share = float(row[PARTS[0]]) / float(row["mean"]) if row["mean"] else 0.0
    claim = words("forecast.parts_claim", share=words.percent(share), kpi=figure, period=str(row["period"]))
    heads = tuple(words(f"part.{part.replace(' ', '_')}") for part in PARTS)
    series = tuple(Series(head, tuple(total[part].astype(float))) for head, part in zip(heads, PARTS, strict=True))
    axis = words("compare.axis", kpi=capital(figure), unit=named(words, "axis", unit))
    chart = Bars(words("forecast.parts"), axis, unit, tuple(total["period"]), series, stacked=True)
    rows = [line(str(each["period"]), *quantities(each, ("mean", *PARTS), unit)) for each in total.to_dict("records")]
    columns = (words("forecast.period"), words("column.mean"), *heads)
    return Page(claim, words("forecast.parts_meaning"), chart, Table.of(words("forecast.parts"), columns, rows))


def _groups(its: pd.DataFrame, by: str, period: str, unit: str, words: Words) -> Page:
    top = its.nlargest(_MOST, "mean")
    first = top.iloc[0]
    share = float(first["mean"]) / float(its["mean"].sum())
    group, dimension = str(first["group"]), words(f"dimension.{by}")
    claim = words("forecast.groups_claim", group=group, share=words.percent(share), period=period)
    mean, low, high = (tuple(top[name].astype(float)) for name in ("mean", "q10", "q90"))
    series = (Series(words("column.mean"), mean, low, high),)
    title = words("forecast.groups", dimension=dimension)
    chart = Bars(title, named(words, "axis", unit), unit, tuple(top["group"].astype(str)), series)
    rows = [line(str(row["group"]), *quantities(row, ("mean", "q10", "q90"), unit)) for row in top.to_dict("records")]
    table = Table.of(title, (dimension, words("column.mean"), *range_heads(words)), rows)
    return Page(claim, words("forecast.whiskers", odds=futures(words, _RANGE)), chart, table)


def _deals(deals: pd.DataFrame, period: str, unit: str, words: Words) -> Page:
    top = deals.nlargest(_MOST, "share")
    share = float(top["share"].clip(lower=0).sum())
    claim = words("forecast.deals_claim", n=len(top), share=words.percent(share), period=period, all=len(deals))
    names = ("deal", "stage", "rep", "days", "amount", "chance", "expected")
    columns = [words(f"deal.{name}") for name in names]
    units = {"days": DAYS, "amount": MONEY, "chance": SHARE, "expected": unit}
    rows = [
        line(
            *(str(row[name]) for name in ("label", "stage", "rep")),
            *(Quantity(float(row[name]), its) for name, its in units.items()),
        )
        for row in top.to_dict("records")
    ]
    table = Table.of(words("forecast.deals"), columns, rows, texts=3)
    return Page(claim, words("forecast.deals_meaning", period=period), None, table)


def _changes(moved: pd.DataFrame, words: Words) -> Page:
    net = Quantity(float(moved["difference"].sum()), MONEY, signed=True)
    rows: list[tuple[Cell, ...]] = []
    for kind in KINDS:
        its = moved[moved["change"] == kind]
        if len(its):
            sums = (Quantity(float(its[name].sum()), MONEY, name == "difference") for name in _SUMS)
            rows.append((words(f"change.{kind.replace(' ', '_')}"), Quantity(len(its), COUNT), *sums))
    heads = (words("forecast.change"), words("deal.deals"), *(words(f"deal.{name}") for name in _SUMS))
    table = Table.of(words("forecast.changes"), heads, rows)
    return Page(words("forecast.changes_claim", net=say(words, net)), words("forecast.changes_meaning"), None, table)


_SUMS = ("before", "now", "difference")
