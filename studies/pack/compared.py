"""A comparison as pages: which plan does best, how sure that is, and what else it would change."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scenarios.compare import HIGHER_IS_BETTER, Verdict
from sim.kpis.summary import SHARE
from studies.comparison_view import SHOWN
from studies.language import Words
from studies.look import COMPARED
from studies.pack.document import Bars, Cell, Cells, Page, Quantity, Series, Table
from studies.pack.floor import FLOOR, floor_pages
from studies.pack.palette import BAD, GOOD, UNSURE
from studies.pack.plan_names import plan_of
from studies.pack.speaking import capital, named, say, span
from studies.store import Run
from studies.wording import unit_of

_CONFIDENCE = 0.95
"""Of runs that didn't keep theirs."""
_MARKS = {Verdict.BETTER: GOOD, Verdict.HIGHER: GOOD, Verdict.WORSE: BAD, Verdict.LOWER: BAD}

type Row = Mapping[Any, Any]


def pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return the finding, the plans one by one, the other figures and the floor."""
    every = run.table(COMPARED)
    kpi = str(run.manifest.settings.get("kpi", "bookings"))
    main = every[every["kpi"] == kpi].set_index("scenario")
    best = best_of(main, kpi)
    plans = [str(main.index[main["verdict"] == Verdict.BASELINE][0])]
    shown = best or _furthest(main, kpi)
    others = (_others(every, plans[0], shown, words),) if shown else ()
    tables = {name: run.table(name) for name in FLOOR if name in run.tables}
    floor = floor_pages(tables, [*plans, shown] if shown else plans, words)
    return (_finding(run, main, kpi, best, words), *others, *floor)


def best_of(main: pd.DataFrame, kpi: str) -> str:
    """Return the plan that is clearly better by most, or nothing."""
    better = main[main["verdict"] == Verdict.BETTER]
    return _furthest(better, kpi)


def _furthest(main: pd.DataFrame, kpi: str) -> str:
    others = main.loc[main["verdict"] != Verdict.BASELINE, "difference"].dropna()
    if others.empty:
        return ""
    return str(others.idxmax() if HIGHER_IS_BETTER.get(kpi, True) else others.idxmin())


def _finding(run: Run, main: pd.DataFrame, kpi: str, best: str, words: Words) -> Page:
    confidence = float(main["confidence"].iloc[0]) if "confidence" in main else _CONFIDENCE
    sure = words.percent(confidence)
    when = words("compare.axis", kpi=capital(named(words, "kpi", kpi)), unit=named(words, "axis", unit_of(kpi)))
    rows = {str(name): dict(row) for name, row in main.to_dict("index").items()}
    base = next(name for name, row in rows.items() if row["verdict"] == Verdict.BASELINE)
    claim = _claim(rows, kpi, best, base, words)
    meaning = _meaning(rows, kpi, best, sure, words)
    days = words.number(float(str(run.manifest.settings.get("days", 0))))
    note = words("compare.note", pairs=int(main["pairs"].max()), days=days, sure=sure)
    table = Table.of(words("compare.table", kpi=named(words, "kpi", kpi)), _heads(sure, words),
                     (_row(name, row, kpi, words) for name, row in rows.items()), note=note)  # fmt: skip
    return Page(claim, meaning, _chart(rows, kpi, when, words), table)


def _claim(rows: Mapping[str, Row], kpi: str, best: str, base: str, words: Words) -> str:
    figure, baseline = named(words, "kpi", kpi), plan_of(words, base)
    if best:
        row = rows[best]
        by = say(words, Quantity(row["difference"], unit_of(kpi), signed=True))
        relative = words.percent(row["relative"], 1)
        plus = "+" if row["relative"] > 0 else ""
        said = words("compare.best", plan=plan_of(words, best), kpi=figure, by=by, relative=plus + relative)
    elif all(row["verdict"] in {Verdict.WORSE, Verdict.BASELINE} for row in rows.values()):
        said = words("compare.stay", baseline=baseline, kpi=figure)
    else:
        said = words("compare.none", baseline=baseline, kpi=figure)
    return capital(said)


def _meaning(rows: Mapping[str, Row], kpi: str, best: str, sure: str, words: Words) -> str:
    others = [row for row in rows.values() if row["verdict"] != Verdict.BASELINE]
    unclear = sum(row["verdict"] in {Verdict.UNCLEAR, Verdict.TOO_FEW} for row in others)
    rest = words("compare.unclear", n=unclear, m=len(others))
    if not best:
        return rest
    row, unit = rows[best], unit_of(kpi)
    ends = (Quantity(row[name], unit, signed=True) for name in ("low", "high"))
    ahead = round(row["better"] * row["pairs"])
    said = words("compare.meaning", sure=sure, range=span(words, *ends), ahead=ahead, pairs=int(row["pairs"]))
    return f"{said}{words('unit.gap')}{rest}"


def _heads(sure: str, words: Words) -> tuple[str, ...]:
    ends = (words("compare.low", sure=sure), words("compare.high", sure=sure))
    names = ("column.plan", "column.mean", "column.difference")
    return (*(words(name) for name in names), *ends, words("column.ahead"), words("column.verdict"))


def _row(name: str, row: Row, kpi: str, words: Words) -> Cells:
    unit, base = unit_of(kpi), row["verdict"] == Verdict.BASELINE
    changes = [Quantity(row[column], unit, signed=True) for column in ("difference", "low", "high")]
    ahead: Cell = "" if base else Quantity(row["better"], SHARE)
    cells: list[Cell] = ["", "", ""] if base else list(changes)
    verdict = named(words, "verdict", str(row["verdict"]))
    return (plan_of(words, name), Quantity(row["mean"], unit), *cells, ahead, verdict)


def _chart(rows: Mapping[str, Row], kpi: str, axis: str, words: Words) -> Bars:
    others = {name: row for name, row in rows.items() if row["verdict"] != Verdict.BASELINE}
    middle, low, high = (
        tuple(float(row[column]) for row in others.values()) for column in ("difference", "low", "high")
    )
    marks = tuple(_MARKS.get(row["verdict"], UNSURE) for row in others.values())
    series = Series(words("column.difference"), middle, low, high, marks)
    names = tuple(plan_of(words, name) for name in others)
    return Bars(words("compare.chart", kpi=named(words, "kpi", kpi)), axis, unit_of(kpi), names, (series,))


def _others(every: pd.DataFrame, base: str, plan: str, words: Words) -> Page:
    found = {kpi: its.set_index("scenario") for kpi, its in every.groupby("kpi", sort=False)}
    rows = [_other(kpi, found[kpi], base, plan, words) for kpi in SHOWN if kpi in found]
    columns = (words("column.figure"), plan_of(words, base), plan_of(words, plan),
               words("column.difference"), words("column.verdict"))  # fmt: skip
    moved = sum(
        found[kpi].loc[plan, "verdict"] not in {Verdict.SAME, Verdict.UNCLEAR, Verdict.TOO_FEW}
        for kpi in SHOWN
        if kpi in found
    )
    claim = words("compare.others", plan=plan_of(words, plan), n=moved, m=len(rows))
    table = Table.of(words("compare.others_table"), columns, rows)
    return Page(capital(claim), words("compare.others_meaning"), None, table)


def _other(kpi: str, rows: pd.DataFrame, base: str, plan: str, words: Words) -> Cells:
    unit = unit_of(kpi)
    means = (Quantity(float(str(rows.loc[name, "mean"])), unit) for name in (base, plan))
    change = Quantity(float(str(rows.loc[plan, "difference"])), unit, signed=True)
    verdict = named(words, "verdict", str(rows.loc[plan, "verdict"]))
    return (capital(named(words, "kpi", kpi)), *means, change, verdict)
