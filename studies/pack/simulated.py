"""A simulation as pages: the figure that was asked for, the other headline figures, and the floor."""

import pandas as pd

from sim.kpis import HEADLINES
from studies.language import Words
from studies.look import SCATTERED
from studies.pack.document import Cells, Page, Quantity, Table
from studies.pack.floor import FLOOR, floor_pages, range_heads
from studies.pack.ladder import STEPS, ladder
from studies.pack.speaking import capital, futures, named, say, span
from studies.store import Run
from studies.wording import unit_of

_RANGE = 0.8


def pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return the finding with all headline figures, and the floor of the first plan."""
    kpis = run.table(SCATTERED)
    plan = str(kpis["scenario"].iloc[0])
    its = kpis[kpis["scenario"] == plan]
    tables = {name: run.table(name) for name in FLOOR if name in run.tables}
    return (_finding(run, its, words), *floor_pages(tables, [plan], words))


def _finding(run: Run, kpis: pd.DataFrame, words: Words) -> Page:
    asked = run.manifest.settings
    kpi = str(asked.get("kpi", "bookings"))
    unit, figure = unit_of(kpi), named(words, "kpi", kpi)
    row = {name: float(kpis[kpi].quantile(1 - share)) for name, share in STEPS.items()}
    ends = (Quantity(row[name], unit) for name in ("q10", "q90"))
    days = words.number(float(str(asked.get("days", 0))))
    claim = words("simulate.claim", kpi=figure, days=days, range=span(words, *ends), odds=futures(words, _RANGE))
    mean = say(words, Quantity(float(kpis[kpi].mean()), unit))
    meaning = words("simulate.meaning", mean=mean, runs=len(kpis))
    title = words("simulate.ladder", kpi=figure, days=days)
    return Page(capital(claim), meaning, ladder(row, kpi, unit, title, words), _figures(kpis, words))


def _figures(kpis: pd.DataFrame, words: Words) -> Table:
    rows = [_row(name, kpis[name], words) for name in HEADLINES if name in kpis and kpis[name].notna().any()]
    columns = (words("column.figure"), words("column.mean"), words("column.median"), *range_heads(words))
    return Table.of(words("simulate.table"), columns, rows, note=words("simulate.note", runs=len(kpis)))


def _row(kpi: str, values: pd.Series, words: Words) -> Cells:
    unit = unit_of(kpi)
    numbers = (values.mean(), values.median(), values.quantile(0.1), values.quantile(0.9))
    return (capital(named(words, "kpi", kpi)), *(Quantity(float(number), unit) for number in numbers))
