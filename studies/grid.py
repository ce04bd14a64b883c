"""A table for people, every cell already in words; the terminal and the report show the same one."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Grid:
    """A table for people.

    Attributes
    ----------
    title
        What it shows.
    columns
        Heads of the columns; as many as each row has cells.
    rows
        The cells.
    note
        What a reader must know about it: the period, what the intervals mean.
    texts
        How many columns from the left hold text; the others hold numbers and stand to the right. If all do, each row
        reads as a sentence: what sort, how many, of what; then the rest.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    texts: int = 1

    @classmethod
    def of(
        cls, title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], note: str = "", texts: int = 1
    ) -> "Grid":
        """Make a grid from any iterables."""
        return cls(title, tuple(columns), tuple(tuple(row) for row in rows), note, texts)


def findings_grid(findings: pd.DataFrame) -> Grid:
    """Lay out a quality report (`forecast.crm.findings.QualityReport.to_frame`)."""
    rows = (
        (row["severity"], f"{row['count']:,}", row["what"], row["done"], row["why"], row["examples"])
        for row in findings.to_dict("records")
    )
    columns = ("severity", "count", "what", "done", "why", "examples")
    note = "An error makes some answer wrong, a warning may, an info is only to be known. Nothing is silently dropped."
    return Grid.of("Quality of the data", columns, rows, note, texts=6)
