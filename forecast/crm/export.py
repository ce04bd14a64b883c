"""An export opened: its fields by what they mean, as codes, times and amounts, and each oddity taken down."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecast.crm.binding import MAIN, Sources, dispensable, split_header
from forecast.crm.findings import SHOWN, Finding, Severity
from forecast.crm.instants import NO_TIME
from forecast.crm.lookup import Lookup
from forecast.crm.mapping import Mapping
from forecast.crm.mapping_parts import Shape
from forecast.crm.parsing import Amounts, Flags, Texts, Times, parse_amounts, parse_texts, parse_times
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
    lookup
        Its columns by reference.
    main
        Its main table.
    fields
        Our field → reference of its column, the ones that this export really has.
    ledger
        Takes down what is found.
    lead
        The record id of each row.
    """

    def __init__(self, mapping: Mapping, sources: Sources) -> None:
        """Read the files of ``sources`` as ``mapping`` says; raise `DataError` if they can't be read so."""
        self.mapping, self.lookup = mapping, Lookup(mapping, sources)
        self.main, self.ledger = self.lookup.main, self.lookup.ledger
        if not len(self.main):
            raise DataError(f"{self.main.file}: a header and no rows; export it again")
        headers = mapping.columns.named().items()
        self.fields = {field: header for field, header in headers if self._is_there(header, f"columns.{field}", field)}
        self._times: dict[str, Times] = {}
        self._naive = 0
        check_rows(self.main, self.ledger)
        self.lead = self.texts("lead")
        self.ledger.name_of = self._row_name
        self._check_ids()

    def __len__(self) -> int:
        """Count the rows of the main table."""
        return len(self.main)

    def has(self, field: str) -> bool:
        """Say whether a field is mapped and its column is there."""
        return field in self.fields

    def _row_name(self, row: int) -> str:
        return self.lead.of(row) or " row ".join(map(str, self.main.place(row)))

    def texts(self, field: str) -> Texts:
        """Return a field as codes and texts; all `NONE` where it isn't mapped."""
        return (
            parse_texts(self.lookup.texts(self.fields[field]))
            if self.has(field)
            else Texts(np.full(len(self), NONE, np.int32), ())
        )

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
        times = parse_times(self.lookup.column(header), mapping.missing, mapping.zone, mapping.date_formats)
        self._check_read(times.unread, times.known, header, field, _DATE_ADVICE)
        self._naive += times.naive
        wild = times.known & ((times.micros < _FIRST_DAY) | (times.micros >= _LAST_DAY))
        what = f"rows whose {header!r} lies before 1980 or after 2099"
        why = "a placeholder or a slip of the pen; read as missing"
        self.ledger.keep(np.flatnonzero(wild), Finding("impossible-date", "warning", what, 0, "repaired", why))
        return Times(np.where(wild, NO_TIME, times.micros), times.unread, times.day_only, times.naive)

    def note_undated(self) -> None:
        """Say which fields of a deal carry no date of their own: an earlier as-of date may use what only came later."""
        fields = tuple(field for field in ("owner", "amount", "score") if self.has(field) and self._undated(field))
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
        amounts = self._numbers(field)
        return amounts.values * self._rates(amounts)

    def scores(self) -> Floats:
        """Return the scores of the leads in [0, 100], NaN where there is none; what lies outside is taken down."""
        if not self.has("score"):
            return np.full(len(self), np.nan)
        values = self._numbers("score").values
        wild = (values < 0) | (values > 100)
        what = f"rows whose {self.fields['score']!r} lies outside 0 to 100"
        why = "a score counts from 0 to 100; read as missing"
        self.ledger.keep(np.flatnonzero(wild), Finding("impossible-score", "warning", what, 0, "repaired", why))
        return np.where(wild, np.nan, values)

    def _numbers(self, field: str) -> Amounts:
        mapping, header = self.mapping, self.fields[field]
        numbers = parse_amounts(self.lookup.column(header), mapping.missing, mapping.decimal, mapping.grouping)
        self._check_read(numbers.unread, ~np.isnan(numbers.values), header, f"columns.{field}", _AMOUNT_ADVICE)
        return numbers

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

    def stage_columns(self) -> dict[str, str]:
        """Stage → reference of the column with the time of entering it, the ones that this export has."""
        chosen = {
            stage: next((header for header in headers if self.lookup.has(header)), headers[0])
            for stage, headers in self.mapping.stage_dates.items()
        }
        return {stage: header for stage, header in chosen.items() if self._is_there(header, f"stage_dates.{stage}")}

    def _is_there(self, header: str, name: str, field: str = "") -> bool:
        """Say whether a column is there; take it down if not, or raise `DataError` if nothing goes without it."""
        lacks = self.lookup.lacks(header, name)
        if lacks and field and not dispensable(self.mapping, field):
            raise DataError(lacks)
        if lacks:
            what, _, advice = lacks.partition("; ")
            severity: Severity = "warning" if advice.startswith("did you mean") else "info"
            self.ledger.note(Finding("no-column", severity, what, 1, "kept", f"read as empty; {advice}", (header,)))
        return self.lookup.has(header)

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
        column = self.lookup.column(header)
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


def _damaged(ids: tuple[str, ...]) -> Flags:
    if not ids:
        return np.empty(0, bool)
    matches = pc.match_substring_regex(pa.array(ids, pa.string()), r"^\d(\.\d+)?[eE]\+\d+$")
    return np.asarray(matches.to_numpy(zero_copy_only=False), bool)
