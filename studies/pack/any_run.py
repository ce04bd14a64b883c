"""Any other run as pages: its answer as it stands, and the tables that it keeps."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sim.kpis.summary import COUNT
from studies.language import Words
from studies.pack.document import Cell, Page, Quantity, Table
from studies.pack.speaking import named
from studies.store import Run

_ROWS, _COLUMNS = 15, 7


def pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return the run's answer, then a page for each table: the first rows of those columns that fit a page."""
    claim, _, rest = run.manifest.answer.partition(". ")
    said = words("unit.gap").join(filter(None, (rest, words("run.meaning", verb=run.manifest.verb))))
    return (Page(claim, said), *_tables(run, words))


def _tables(run: Run, words: Words) -> Iterator[Page]:
    for name in run.tables:
        frame = run.table(name)
        if len(frame) and len(frame.columns):
            yield _page(named(words, "table", name), frame, words)


def _page(title: str, frame: pd.DataFrame, words: Words) -> Page:
    kept = list(frame.columns[:_COLUMNS])
    shown = frame[sorted(kept, key=lambda column: _is_number(frame[column]))].head(_ROWS)
    texts = sum(not _is_number(shown[column]) for column in shown)
    rows = [[_cell(row[column], shown[column]) for column in shown] for row in shown.to_dict("records")]
    table = Table.of(title, [str(column).replace("_", " ") for column in shown], rows, texts=texts)
    return Page(title, words("run.shown", n=len(shown), m=len(frame)), None, table)


def _is_number(column: pd.Series) -> bool:
    return bool(is_numeric_dtype(column) and not is_bool_dtype(column))


def _cell(value: object, column: pd.Series) -> Cell:
    if _is_number(column):
        return Quantity(float(str(value)) if value is not None else np.nan, COUNT)
    return "" if value is None else str(value)
