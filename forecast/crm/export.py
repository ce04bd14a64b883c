"""An export opened: its columns by what they mean, spelled right and looked up, and each oddity taken down."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecast.crm.binding import MAIN, Sources, bind, dispensable, no_column, split_header
from forecast.crm.files import RawTable
from forecast.crm.findings import SHOWN, Finding, Ledger, Rows, Severity, unknown_names
from forecast.crm.instants import NO_TIME
from forecast.crm.mapping import Mapping, Shape
from forecast.crm.parsing import Amounts, Flags, Texts, Times, parse_amounts, parse_texts, parse_times, trimmed
from forecast.crm.row_checks import check_rows
from sim.errors import DataError
from sim.eventlog import NONE, Codes, Floats

_FIRST_DAY = 315_532_800_000_000  # 1980-01-01: older dates are placeholders of some system
_LAST_DAY = 4_102_444_800_000_000  # 2100-01-01


class Export:
    """The tables of one export and what its mapping says of them.

    Attributes
    ----------
    mapping
        What was said.
    tables
        Table name → its rows; ``main`` is always there.
    fields
        Our field → reference of its column, the ones that this export really has.
    ledger
        Takes down what is found.
    """

    def __init__(self, mapping: Mapping, sources: Sources) -> None:
        """Read the files of ``sources`` as ``mapping`` says; raise `DataError` if they can't be read so."""
        self.mapping = mapping
        self.tables = bind(mapping, sources)
        self.main = self.tables[MAIN]
        self.ledger = Ledger.for_rows(len(self.main), self.row_name)
        if not len(self.main):
            raise DataError(f"{self.main.file}: a header and no rows; export it again")
        self.fields = self._fields_there()
        self._joined: dict[str, Any] = {}
        self._texts: dict[str, Any] = {}
        self._times: dict[str, Times] = {}
        self._naive = 0
        check_rows(self.main, self.ledger)
        self.lead = self.texts("lead")
        self._check_ids()

    def __len__(self) -> int:
        """Count the rows of the main table."""
        return len(self.main)

    def has(self, field: str) -> bool:
        """Say whether a field is mapped and its column is there."""
        return field in self.fields

    def row_name(self, row: int) -> str:
        """Name a row for a person: its record id, or file and row."""
        named = self.lead.of(row) if hasattr(self, "lead") else ""
        return named or " row ".join(map(str, self.main.place(row)))

    def texts(self, field: str) -> Texts:
        """Return a field as codes and texts; all `NONE` where it isn't mapped."""
        return parse_texts(self._text(field)) if self.has(field) else Texts(np.full(len(self), NONE, np.int32), ())

    def people(self, *fields: str) -> tuple[tuple[Codes, ...], tuple[str, ...]]:
        """Return several fields of names, coded alike."""
        columns = [self.texts(field) for field in fields]
        names = tuple(dict.fromkeys(name for column in columns for name in column.texts))
        place = {name: code for code, name in enumerate(names)}
        recodes = [np.array([*(place[name] for name in column.texts), NONE], np.int32) for column in columns]
        return tuple(recode[column.codes] for recode, column in zip(recodes, columns, strict=True)), names

    def times(self, field: str) -> Times:
        """Return a field as times; what is no time, or no time that a deal can have, is taken down."""
        return self.times_in(self.fields[field], f"columns.{field}")

    def times_in(self, header: str, field: str) -> Times:
        """Return the times of a column by its reference; ``field`` is what messages call it."""
        if header not in self._times:
            self._times[header] = self._read_times(header, field)
        return self._times[header]

    def _read_times(self, header: str, field: str) -> Times:
        mapping = self.mapping
        times = parse_times(self._column(header), mapping.missing, mapping.zone, mapping.date_formats)
        self._check_read(times.unread, times.known, header, field, _DATE_ADVICE)
        self._naive += times.naive
        wild = times.known & ((times.micros < _FIRST_DAY) | (times.micros >= _LAST_DAY))
        what = f"rows whose {header!r} lies before 1980 or after 2099"
        why = "a placeholder or a slip of the pen; read as missing"
        self.ledger.keep(np.flatnonzero(wild), Finding("impossible-date", "warning", what, 0, "repaired", why))
        return Times(np.where(wild, NO_TIME, times.micros), times.unread, times.day_only, times.naive)

    def note_undated(self) -> None:
        """Say which fields of a deal carry no date of their own: an earlier as-of date may use what only came later."""
        fields = tuple(field for field in ("owner", "amount") if self.has(field) and self._undated(field))
        what = f"fields without a date of their own: {' and '.join(fields)}"
        why = "known as they stood when the export was made; at an earlier as-of date they may have been others"
        self.ledger.note(Finding("undated-field", "info", what, len(fields), "kept", why, fields))

    def _undated(self, field: str) -> bool:
        name, _ = split_header(self.mapping, self.fields[field])
        if name == MAIN:
            return self.mapping.kind is Shape.OPPORTUNITY_TABLE
        return (self.mapping.tables[name].on or self.mapping.tables[name].key) == self.fields["lead"]

    def note_zone(self) -> None:
        """Say that times without a zone were read as UTC, if nobody said what they are."""
        what = "times without a zone, and no `time_zone` in the mapping"
        why = "read as UTC: hours of the day, and days, may be off; name the account's zone"
        if not self.mapping.time_zone:
            self.ledger.note(Finding("time-zone-assumed", "warning", what, self._naive, "kept", why))

    def amounts(self, field: str) -> Floats:
        """Return a field as amounts in the account currency, NaN where there is none."""
        if not self.has(field):
            return np.full(len(self), np.nan)
        mapping, header = self.mapping, self.fields[field]
        amounts = parse_amounts(self._column(header), mapping.missing, mapping.decimal, mapping.grouping)
        self._check_read(amounts.unread, ~np.isnan(amounts.values), header, f"columns.{field}", _AMOUNT_ADVICE)
        return amounts.values * self._rates(amounts)

    def _rates(self, amounts: Amounts) -> Floats | float:
        if not self.has("currency"):
            return 1.0
        currency, codes = self.mapping.currency, self.texts("currency")
        rates = {currency.account: 1.0, **currency.rates}
        priced = codes.codes[~np.isnan(amounts.values)]
        for code in np.unique(priced[priced != NONE]).tolist():
            if codes.texts[code] not in rates:
                known = ", ".join(rates)
                raise DataError(
                    f"{self.main.file}: no rate for the currency {codes.texts[code]!r}; currency.rates has {known}"
                )
        table = np.array([*(rates.get(text, np.nan) for text in codes.texts), 1.0])
        return table[codes.codes]

    def _fields_there(self) -> dict[str, str]:
        there = {}
        for field, header in self.mapping.columns.named().items():
            name, own = split_header(self.mapping, header)
            table = self.tables.get(name)
            if table is not None and own in table.header:
                there[field] = header
            elif table is not None and dispensable(self.mapping, field):
                self._note_missing(table, own, f"columns.{field}")
            elif table is not None:
                raise DataError(no_column(table, own, f"columns.{field}"))
        return there

    def _note_missing(self, table: RawTable, header: str, field: str) -> None:
        why = no_column(table, header, field).partition("; ")[2]
        what = f"the column {header!r} of {field} is not in {table.file}"
        severity: Severity = "warning" if why.startswith("did you mean") else "info"
        self.ledger.note(Finding("no-column", severity, what, 1, "kept", f"read as empty; {why}", (header,)))

    def stage_columns(self) -> dict[str, str]:
        """Stage → reference of the column with the time of entering it, the ones that this export has."""
        there = {}
        for stage, header in self.mapping.stage_dates.items():
            name, own = split_header(self.mapping, header)
            if (table := self.tables.get(name)) is not None and own in table.header:
                there[stage] = header
            elif table is not None:
                self._note_missing(table, own, f"stage_dates.{stage}")
        return there

    def _column(self, header: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        name, own = split_header(self.mapping, header)
        column = self.tables[name].data.column(own).combine_chunks()
        if pa.types.is_nested(column.type):
            raise DataError(
                f"{self.tables[name].file}: column {own!r} holds {column.type}, not single values; flatten it"
            )
        return column if name == MAIN else column.take(self._rows_of(name))

    def _rows_of(self, name: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        """Row of the side table for each row of the main table, null where there is none."""
        if name not in self._joined:
            self._joined[name] = self._join(name)
        return self._joined[name]

    def _join(self, name: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        side, table = self.mapping.tables[name], self.tables[name]
        on = side.on or side.key
        for owner, header in ((self.main, on), (table, side.key)):
            if header not in owner.header:
                raise DataError(no_column(owner, header, f"tables.{name}"))
        wanted, keys = self._spelled(on), self._own_key(name)
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
        if self.mapping.tables[name].key == self.fields["lead"]:
            return  # a table of some of the leads, such as the won ones: the others are no mistake
        names = [wanted.texts[code] for code in np.unique(wanted.codes[rows]).tolist()]
        what = f"rows that name something which {self.tables[name].file} does not list"
        self.ledger.note(unknown_names(f"not-in-{name}", what, len(rows), names, [key for key in keys if key]))

    def side_texts(self, name: str, header: str) -> list[str]:
        """Return a column of a side table as it stands there, spelled right; empty where a row has nothing."""
        table = self.tables[name]
        if header not in table.header:
            raise DataError(no_column(table, header, f"tables.{name}"))
        texts = trimmed(table.data.column(header).combine_chunks(), self.mapping.missing)
        return [text or "" for text in _respelled(texts, self.mapping.aliases.get(f"{name}.{header}", {})).to_pylist()]

    def _text(self, field: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        return self._spelled(self.fields[field])

    def _spelled(self, header: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
        if header not in self._texts:
            texts = trimmed(self._column(header), self.mapping.missing)
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

    def _check_ids(self) -> None:
        gone = Finding(
            "no-id", "error", "rows without a record id", 0, "set aside", "nobody can say which deal they belong to"
        )
        self.ledger.set_aside(np.flatnonzero(self.lead.codes == NONE), gone)
        damaged = np.array([*_damaged(self.lead.texts), False])
        what = "rows whose record id was rounded by a spreadsheet, such as 1.2E+15"
        why = "different deals may now share an id; export the ids as text"
        self.ledger.keep(np.flatnonzero(damaged[self.lead.codes]), Finding("rounded-id", "error", what, 0, "kept", why))

    def _check_read(self, unread: Flags, known: Flags, header: str, field: str, advice: str) -> None:
        rows = np.flatnonzero(unread)
        if not len(rows):
            return
        column = self._column(header)
        met = tuple(dict.fromkeys(str(column[int(row)].as_py()) for row in rows[: 20 * SHOWN]))[:SHOWN]
        if len(rows) > known.sum():
            raise DataError(
                f"{self.main.file}: {len(rows)} values of {header!r} ({field}), such as {met[0]!r}, {advice}"
            )
        kind = "unreadable-date" if advice is _DATE_ADVICE else "unreadable-amount"
        what = f"values of {header!r} that can't be read"
        self.ledger.note(Finding(kind, "warning", what, len(rows), "repaired", f"read as missing: they {advice}", met))


_DATE_ADVICE = 'are no dates; add their form, such as "%d/%m/%Y", to `date_formats`'
_AMOUNT_ADVICE = "are no amounts; check `decimal` and `thousands`"


def _respelled(texts: Any, aliases: dict[str, str]) -> Any:  # noqa: ANN401 - pyarrow ships no types
    for wrong, right in aliases.items():
        texts = pc.if_else(pc.equal(texts, wrong), right, texts)
    return texts


def _damaged(ids: tuple[str, ...]) -> Flags:
    if not ids:
        return np.empty(0, bool)
    matches = pc.match_substring_regex(pa.array(ids, pa.string()), r"^\d(\.\d+)?[eE]\+\d+$")
    return np.asarray(matches.to_numpy(zero_copy_only=False), bool)
