"""Columns by reference: spelled right, and from a side table looked up for every row of the main one."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecast.crm.binding import MAIN, Sources, bind, no_column, split_header
from forecast.crm.files import RawTable
from forecast.crm.findings import SHOWN, Finding, Ledger, Rows, unknown_names
from forecast.crm.mapping import Mapping
from forecast.crm.parsing import Texts, parse_texts, trimmed
from sim.errors import DataError


class Lookup:
    """The tables of an export, and what was found while they were put together.

    Attributes
    ----------
    mapping
        What the columns mean.
    tables
        Table name → its rows; ``main`` is always there.
    ledger
        Takes down what is found.
    """

    def __init__(self, mapping: Mapping, sources: Sources) -> None:
        """Read the files; raise `DataError` if they can't be read."""
        self.mapping = mapping
        self.tables = bind(mapping, sources)
        self.ledger = Ledger.for_rows(len(self.main), lambda row: " row ".join(map(str, self.main.place(row))))
        self._rows: dict[str, Any] = {}
        self._texts: dict[str, Any] = {}

    @property
    def main(self) -> RawTable:
        """The table with a row for every change, deal or event."""
        return self.tables[MAIN]

    def lacks(self, header: str, field: str) -> str:
        """Say that a column of a table that we have is not there; empty if it is, or if the table was left out."""
        name, own = split_header(self.mapping, header)
        table = self.tables.get(name)
        return no_column(table, own, field) if table is not None and own not in table.header else ""

    def has(self, header: str) -> bool:
        """Say whether a column is there."""
        name, own = split_header(self.mapping, header)
        return name in self.tables and own in self.tables[name].header

    def column(self, header: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        """Return a column as it came, one entry a row of the main table."""
        name, own = split_header(self.mapping, header)
        column = self.tables[name].data.column(own).combine_chunks()
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            file = self.tables[name].file
            raise DataError(f"{file}: column {own!r} holds {column.type}, not texts, numbers or times; convert it")
        return column if name == MAIN else column.take(self._rows_of(name))

    def _rows_of(self, name: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        """Row of the side table for each row of the main table, null where there is none."""
        if name not in self._rows:
            self._rows[name] = self._join(name)
        return self._rows[name]

    def _join(self, name: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        side, table = self.mapping.tables[name], self.tables[name]
        on = side.on or side.key
        for owner, header in ((self.main, on), (table, side.key)):
            if header not in owner.header:
                raise DataError(no_column(owner, header, f"tables.{name}"))
        wanted, keys = self.texts(on), self._own_key(name)
        self._check_keys(name, keys)
        found = pc.index_in(wanted, keys)
        lost = pc.and_(pc.is_valid(wanted), pc.is_null(found)).to_numpy(zero_copy_only=False).astype(bool)
        self._note_unmatched(name, parse_texts(wanted), np.flatnonzero(lost), keys.to_pylist())
        return found

    def _own_key(self, name: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        side = self.mapping.tables[name]
        keys = trimmed(self.tables[name].data.column(side.key).combine_chunks(), self.mapping.missing)
        return _respelled(keys, self.mapping.aliases.get(f"{name}.{side.key}", {}))

    def _check_keys(self, name: str, keys: Any) -> None:  # noqa: ANN401 - pyarrow ships no types
        counts = pc.value_counts(keys.drop_null()).to_pylist()
        twice = [str(entry["values"]) for entry in counts if entry["counts"] > 1]
        what = f"keys that appear twice in {self.tables[name].file}"
        why = "the first of each is used; a key should name one row"
        self.ledger.note(Finding(f"{name}-key-twice", "warning", what, len(twice), "kept", why, tuple(twice[:SHOWN])))

    def _note_unmatched(self, name: str, wanted: Texts, rows: Rows, keys: list[str | None]) -> None:
        if self.mapping.tables[name].key == self.mapping.columns.lead:
            return  # a table of some of the leads, such as the won ones: the others are no mistake
        names = [wanted.texts[code] for code in np.unique(wanted.codes[rows]).tolist()]
        what = f"rows that name something which {self.tables[name].file} does not list"
        self.ledger.note(unknown_names(f"not-in-{name}", what, len(rows), names, [key for key in keys if key]))

    def texts(self, header: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        """Return a column as trimmed texts, spelled right, null where it says nothing."""
        if header not in self._texts:
            texts = trimmed(self.column(header), self.mapping.missing)
            self._texts[header] = self._respell(header, texts)
        return self._texts[header]

    def _respell(self, header: str, texts: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
        aliases = self.mapping.aliases.get(header, {})
        if not aliases:
            return texts
        wrong = pc.is_in(texts, pa.array(list(aliases))).to_numpy(zero_copy_only=False)
        what = f"rows whose {header!r} was respelled"
        found = Finding("respelled", "info", what, 0, "repaired", "the mapping's aliases say how")
        self.ledger.keep(np.flatnonzero(wrong), found)
        return _respelled(texts, aliases)

    def side_texts(self, name: str, header: str) -> list[str]:
        """Return a column of a side table as it stands there, spelled right; empty where a row has nothing."""
        table = self.tables[name]
        if header not in table.header:
            raise DataError(no_column(table, header, f"tables.{name}"))
        texts = trimmed(table.data.column(header).combine_chunks(), self.mapping.missing)
        return [text or "" for text in _respelled(texts, self.mapping.aliases.get(f"{name}.{header}", {})).to_pylist()]


def _respelled(texts: Any, aliases: dict[str, str]) -> Any:  # noqa: ANN401 - pyarrow ships no types
    for wrong, right in aliases.items():
        texts = pc.if_else(pc.equal(texts, wrong), right, texts)
    return texts
