"""Any other run as pages: its answer, and the tables that it keeps. In another language its answer is told anew."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sim.kpis.summary import COUNT
from studies.language import Language, Words
from studies.pack.cells import cell_of
from studies.pack.document import Cell, Page, Quantity, Table
from studies.pack.speaking import head_of, named
from studies.pack.told import claim_of
from studies.store import Run

_ROWS, _COLUMNS = 15, 7


def pages(run: Run, words: Words) -> tuple[Page, ...]:
    """Return the run's answer, then a page for each table: the first rows of those columns that fit a page."""
    return (_answer(run, words), *_tables(run, words))


def _answer(run: Run, words: Words) -> Page:
    if words.language is not Language.ENGLISH and (told := claim_of(run, words)):
        return Page(told, words("told.meaning"))
    claim, _, rest = run.manifest.answer.partition(". ")
    return Page(claim, words("unit.gap").join(filter(None, (rest, words("run.meaning", verb=run.manifest.verb)))))


def _tables(run: Run, words: Words) -> Iterator[Page]:
    for name in run.tables:
        frame = run.table(name)
        if len(frame) and len(frame.columns):
            yield _page(named(words, "table", name), frame, words)


def _page(title: str, frame: pd.DataFrame, words: Words) -> Page:
    kept = sorted(frame.columns[:_COLUMNS], key=lambda column: _is_number(frame.dtypes[column]))
    shown, numbers = frame[kept].head(_ROWS), [_is_number(frame.dtypes[column]) for column in kept]
    texts = len(kept) - sum(numbers)
    rows = [
        [_cell(words, str(column), row[column], number) for column, number in zip(kept, numbers, strict=True)]
        for row in shown.to_dict("records")
    ]
    table = Table.of(title, [head_of(words, str(column)) for column in shown], rows, texts=texts)
    return Page(title, words("run.shown", n=len(shown), m=len(frame)), None, table)


def _is_number(kind: Any) -> bool:  # noqa: ANN401 - NumPy's or pandas' kind of a column
    return bool(is_numeric_dtype(kind) and not is_bool_dtype(kind))


def _cell(words: Words, column: str, value: object, number: bool) -> Cell:  # noqa: FBT001 - a plain fact of the column
    if number:
        return Quantity(float(str(value)), COUNT)
    return "" if value is None else cell_of(words, column, str(value))
