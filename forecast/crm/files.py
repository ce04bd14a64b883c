"""Foreign files: CSV in any encoding, Parquet and XES, plain or gzipped, read as tables and nothing more.

Numbers and dates stay texts here: what they mean is the mapping's business. A file that can't be read is answered with
the file, the line, what was met there and the setting that would mend it.
"""

import csv
import gzip
import io
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from forecast.crm.mapping import Mapping
from forecast.crm.xes import read_xes
from sim.errors import DataError

_BLOCK = 1 << 26  # bytes that one quoted field may not exceed
_FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"<html": "a web page, as some CRMs export under the name .xls",
    b"<!doc": "a web page",
    b"<tabl": "a web page, as some CRMs export under the name .xls",
}


@dataclass(frozen=True, slots=True)
class RawTable:
    """One or more files of the same columns, one after the other.

    Attributes
    ----------
    file
        Name for messages.
    data
        The rows; texts, except where a Parquet file knows better.
    parts
        File name and first row of each file.
    malformed
        Lines that are no rows: file name, line number, text.
    """

    file: str
    data: Any
    parts: tuple[tuple[str, int], ...]
    malformed: tuple[tuple[str, int, str], ...] = field(default=())

    @property
    def header(self) -> tuple[str, ...]:
        """The column names."""
        return tuple(self.data.column_names)

    def place(self, row: int) -> tuple[str, int]:
        """Return the file of a row and its number there, counted from 1 after the header."""
        file, start = next(part for part in reversed(self.parts) if part[1] <= row)
        return file, row - start + 1

    def __len__(self) -> int:
        """Count the rows."""
        return int(self.data.num_rows)


def read_table(path: Path, mapping: Mapping) -> RawTable:
    """Read one file as its suffix says; raise `DataError` if it can't be read."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".parquet", ".pq")):
        return _read_parquet(path)
    content = _content(path)
    if name.endswith((".xes", ".xml")):
        return _no_broken_lines(path.name, read_xes(io.BytesIO(content), path.name))
    return _read_csv(path.name, content, mapping)


def stacked(tables: list[RawTable]) -> RawTable:
    """Put tables of the same columns under each other, as a CRM that exports month by month means them."""
    if len(tables) == 1:
        return tables[0]
    parts, start = [], 0
    for table in tables:
        parts.append((table.file, start))
        start += len(table)
    data = pa.concat_tables([table.data for table in tables], promote_options="permissive")
    broken = tuple(line for table in tables for line in table.malformed)
    return RawTable(tables[0].file, data, tuple(parts), broken)


def _no_broken_lines(file: str, data: Any) -> RawTable:  # noqa: ANN401 - pyarrow ships no types
    return RawTable(file, data, ((file, 0),))


def _read_parquet(path: Path) -> RawTable:
    _check_there(path)
    try:
        return _no_broken_lines(path.name, parquet.read_table(path))
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path.name}: not a readable Parquet file; export it again") from error


def _check_there(path: Path) -> None:
    if path.is_dir():
        raise DataError(f"{path.name}: this is a folder; name the files in it")
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; check the path")


def _content(path: Path) -> bytes:
    _check_there(path)
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name}: can't be unpacked or read ({_first_line(error)}); copy or export it again"
        ) from None
    if not content.strip():
        raise DataError(f"{path.name}: the file is empty; export it again")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].lower()
    for mark, what in _FOREIGN.items():
        if start.startswith(mark.lower()):
            raise DataError(f"{path.name}: this is {what}, not CSV; save it as CSV (UTF-8)")
    return content


def _read_csv(file: str, content: bytes, mapping: Mapping) -> RawTable:
    content = _as_utf8(file, content, mapping.encoding)
    header = _header(file, content, mapping.delimiter)
    broken: list[tuple[str, int, str]] = []

    def take_down(row: Any) -> str:  # noqa: ANN401 - pyarrow ships no types
        broken.append((file, int(row.number), str(row.text)))
        return "skip"

    try:
        data = arrow_csv.read_csv(
            pa.BufferReader(content),
            # One thread, or a broken line would not know its number; a million rows still take about a second.
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=min(max(len(content), 1), _BLOCK)),
            parse_options=arrow_csv.ParseOptions(
                delimiter=mapping.delimiter, newlines_in_values=True, invalid_row_handler=take_down
            ),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string())),
        )
    except pa.ArrowInvalid as error:
        raise DataError(
            f"{file}: not readable as CSV ({_first_line(error)}); look for a quote that never closes"
        ) from None
    _check_quotes(broken)
    _check_end(file, content, data)
    return RawTable(file, data.rename_columns([name.strip() for name in header]), ((file, 0),), tuple(broken))


def _check_quotes(broken: list[tuple[str, int, str]]) -> None:
    """Refuse a line that swallowed those after it: one stray quote could hide half the file."""
    for file, line, text in broken:
        if text.count('"') % 2 and "\n" in text:
            raise DataError(
                f"{file}, line {line}: a quote opens and never closes in {text[:40]!r}; close it or remove it"
            )


def _check_end(file: str, content: bytes, data: Any) -> None:  # noqa: ANN401 - pyarrow ships no types
    """Refuse a last row that swallowed the rest of the file: its quote opened and never closed."""
    last = [value or "" for value in data.slice(data.num_rows - 1).to_pylist()[0].values()] if data.num_rows else []
    swallowed = next((value for value in last if "\n" in value), None)
    if swallowed is not None and content.count(b'"') % 2:
        line = content.rstrip().count(b"\n") + 1 - swallowed.rstrip().count("\n")
        raise DataError(
            f"{file}, line {line}: a quote opens and never closes in {swallowed[:40]!r}; close it or remove it"
        )


def _header(file: str, content: bytes, delimiter: str) -> list[str]:
    if b"\0" in content:
        raise DataError(
            f"{file}: holds NUL characters, so it isn't UTF-8 text; set `encoding: utf-16` or export it again"
        )
    first = content[: 1 << 20].decode("utf-8", "ignore")
    lines = csv.reader(io.StringIO(first, newline=""), delimiter=delimiter)
    header = next(fields for fields in lines if fields)  # blank lines before it are skipped, as they are by the reader
    names = [name.strip() for name in header]
    if len(names) == 1 and (other := next((mark for mark in ";\t|," if mark != delimiter and mark in names[0]), "")):
        shown = other.replace("\t", "\\t")
        mark = "a tab" if other == "\t" else repr(other)
        raise DataError(
            f'{file}: one column, {names[0][:60]!r}; its fields are parted by {mark}: set `delimiter: "{shown}"`'
        )
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise DataError(f"{file}, line 1: the column {twice[0]!r} appears twice; rename one")
    return header


def _as_utf8(file: str, content: bytes, encoding: str) -> bytes:
    """Re-encode, or say at which line the stated encoding fails and which one would do."""
    try:
        text = content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        met = content[error.start]
        advice = f"set `encoding: {_likely_encoding(content)}` in the mapping"
        raise DataError(f"{file}, line {line}: byte 0x{met:02x} is not {encoding}; {advice}") from None
    return text.encode()


def _likely_encoding(content: bytes) -> str:
    """Guess for the sake of a helpful message only; the mapping decides."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        foreign = [char for char in text if ord(char) > 127]
        if encoding == "utf-8" or sum("\u4e00" <= char <= "\u9fff" for char in foreign) > len(foreign) / 2:
            return encoding
    return "windows-1252"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0].rstrip(".")
