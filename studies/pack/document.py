"""What a pack says, whatever the format: pages that claim one thing each, with the chart and the table behind it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studies.language import Language


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit (`sim.kpis.summary`); ``signed`` shows a plus too, as for a difference."""

    value: float
    unit: str
    signed: bool = False


type Cell = str | Quantity
type Cells = tuple[Cell, ...]


def line(*cells: Cell) -> Cells:
    """Return the cells of a row."""
    return cells


def quantities(row: Mapping[Any, Any], names: Iterable[str], unit: str, *, signed: bool = False) -> Iterator[Quantity]:
    """Yield the named numbers of a table's row, all of one unit."""
    return (Quantity(float(row[name]), unit, signed) for name in names)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose numbers are still numbers.

    Attributes
    ----------
    title
        What it shows.
    columns, rows
        As many heads as each row has cells.
    texts
        How many columns from the left hold text.
    note
        What a reader must know about it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]
    texts: int = 1
    note: str = ""

    @classmethod
    def of(
        cls, title: str, columns: Iterable[str], rows: Iterable[Iterable[Cell]], texts: int = 1, note: str = ""
    ) -> "Table":
        """Make a table from any iterables."""
        return cls(title, tuple(columns), tuple(tuple(row) for row in rows), texts, note)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: a value a category, and the ends of its range where it has one.

    Attributes
    ----------
    name
        What it is, in the legend.
    values
        One a category; NaN leaves a gap.
    low, high
        Ends of the ranges, as many as values, or empty.
    marks
        Names of `palette` colours, one a category, where bars of one series differ; or empty.
    """

    name: str
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, side by side or stacked, with ranges as whiskers: the one kind of chart that every format draws.

    Attributes
    ----------
    title
        What it shows.
    axis
        Title of the axis of values, with the unit.
    unit
        Unit of the values.
    categories
        From top to bottom, each once.
    series
        In the order of the legend.
    stacked
        Whether the series add up.
    """

    title: str
    axis: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    stacked: bool = False

    @property
    def ranged(self) -> bool:
        """Whether any series has ranges."""
        return any(series.low for series in self.series)


@dataclass(frozen=True, slots=True)
class Page:
    """One claim, what it rests on, and one line on what it means."""

    claim: str
    meaning: str = ""
    chart: Bars | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Pack:
    """A whole pack.

    Attributes
    ----------
    language
        Of every text in it.
    title
        What was asked.
    pages
        The finding first, the assumptions last.
    stamp
        Where a figure comes from, in one line: run, seed, fingerprint, as-of date. It stands under each figure.
    origin
        The same in full, and more: name and value.
    made
        When the run was made, in UTC; it dates the files, so that the same run gives the same bytes.
    """

    language: Language
    title: str
    pages: tuple[Page, ...]
    stamp: str
    origin: tuple[tuple[str, str], ...]
    made: datetime
