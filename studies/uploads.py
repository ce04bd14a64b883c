"""Uploads: foreign files from a browser, read within bounds into plain tables before anything else looks at them.

What a file is, its first bytes say, not its name. Compressed files are unpacked only as far as the bound on their
unpacked size; nothing of them is executed, no entity of their XML is expanded, no name in them becomes a path.
"""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from pyarrow import parquet

from sim.errors import DataError, require

MEGABYTE = 1 << 20
MOST_COLUMNS = 500
MOST_ROWS = 5_000_000
LONGEST_HEADER = 200
LONGEST_NAME = 80
PREVIEW = 5
"""Rows that a preview shows."""

_MARKS = ",;\t|"
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK", b"PAR1"
_ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")
"""Tried in this order: most texts that are no UTF-8 are no GB18030 either, and every text is something in cp1252."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of an upload.

    Attributes
    ----------
    name
        What its file was called, shortened.
    suffix
        ``csv`` (UTF-8, commas) or ``parquet``.
    content
        The table itself.
    header
        Names of its columns.
    preview
        Its first rows as texts.
    rows
        How many there are.
    """

    name: str
    suffix: str
    content: bytes
    header: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]
    rows: int


def read_upload(name: str, content: bytes, most_bytes: int = 100 * MEGABYTE) -> Sheet:
    """Read one uploaded file.

    Parameters
    ----------
    name
        What it is called; used in messages only.
    content
        Its bytes.
    most_bytes
        Bound on its size, and four times that on its unpacked size.

    Raises
    ------
    DataError
        If it is too large, isn't CSV, Parquet or XLSX, or is broken; the message gives the file, what was met, the fix.
    """
    said = short_name(name)
    _check_size(said, len(content), most_bytes)
    if not content.strip(b"\0 \t\r\n"):
        raise DataError(f"{said}: the file is empty; export it again")
    if content.startswith(_GZIP):
        content = _unpacked(said, content, 4 * most_bytes)
    if content.startswith(_PARQUET):
        return _parquet(said, content, 4 * most_bytes)
    if content.startswith(_ZIP):
        return _from_rows(said, _workbook_rows(said, content, 4 * most_bytes), 4 * most_bytes)
    return _from_rows(said, _csv_rows(said, _text(said, content)), 4 * most_bytes)


def short_name(name: str) -> str:
    """Return a file's name without its path and its unprintable signs, shortened in the middle."""
    last = name.replace("\\", "/").rpartition("/")[2]
    said = "".join(sign for sign in last if sign.isprintable()).strip() or "upload"
    return said if len(said) <= LONGEST_NAME else f"{said[:50]}…{said[-20:]}"


def safe_cell(value: object) -> object:
    """Return a cell for export; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _check_size(said: str, size: int, most: int) -> None:
    if size > most:
        raise DataError(f"{said}: larger than {most // MEGABYTE:,} MB; export fewer columns, or a shorter time")


def _unpacked(said: str, content: bytes, most: int) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError(f"{said}: can't be unpacked; it is broken or cut off, export it again") from None
    _check_size(said, len(unpacked), most)
    return unpacked


def _parquet(said: str, content: bytes, most: int) -> Sheet:
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        about = file.metadata
        _check_shape(said, tuple(file.schema_arrow.names), about.num_rows)
        _check_size(said, sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups)), most)
        first = next(file.iter_batches(batch_size=PREVIEW), None)
        file.read()  # so that a damaged page shows here, where it can be told
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{said}: not a whole Parquet file; it is broken or cut off, export it again") from None
    rows = () if first is None else tuple(tuple(map(_shown, row.values())) for row in first.to_pylist())
    return Sheet(said, "parquet", content, tuple(file.schema_arrow.names), rows, about.num_rows)


def _workbook_rows(said: str, content: bytes, most: int) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(said, sum(part.file_size for part in archive.infolist()), most)
            _check_workbook(said, archive)
        book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        _check_width(said, sheet.max_column or 0)
        for row in sheet.iter_rows(values_only=True):
            yield [_shown(cell) for cell in row]
    except DataError:
        raise
    except (DefusedXmlException, zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, IndexError, SyntaxError,
            AttributeError, zlib.error, NotImplementedError, RuntimeError, EOFError):  # fmt: skip
        raise DataError(f"{said}: not a whole workbook; save it as .xlsx or CSV again") from None


def _check_workbook(said: str, archive: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        raise DataError(f"{said}: a zip archive, not a workbook; unpack it, then upload what is in it")


def _text(said: str, content: bytes) -> str:
    for mark, what in ((b"\xd0\xcf\x11\xe0", "an old Excel workbook"), (b"%PDF", "a PDF"), (b"\x89PNG", "a picture")):
        if content.startswith(mark):
            raise DataError(f"{said}: this is {what}, not a table; save it as .xlsx or CSV")
    if content.lstrip()[:9].lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<script", b"<svg")):
        raise DataError(f"{said}: this is a web page or XML, not a table; save it as .xlsx or CSV")
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise DataError(f"{said}: holds NUL characters, so it is no text; save it as .xlsx or CSV (UTF-8)")
        return text
    raise DataError(f"{said}: in no encoding that is known here; save it as CSV (UTF-8)")


def _csv_rows(said: str, text: str) -> Iterator[list[str]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    _check_width(said, max(first.count(mark) for mark in _MARKS) // 2)  # a quoted header may hold as many marks again
    mark = max(_MARKS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except csv.Error as error:
        raise DataError(f"{said}: not readable as CSV ({error}); look for a quote that never closes") from None


def _from_rows(said: str, rows: Iterator[list[str]], most: int) -> Sheet:
    """Write rows as plain CSV; empty lines go, short ones are filled up, as every spreadsheet does."""
    filled = (row for row in rows if any(cell.strip() for cell in row))
    header = _header(said, next(filled, []))
    target, count, preview = io.StringIO(newline=""), 0, list[tuple[str, ...]]()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    for row in islice(filled, MOST_ROWS + 1):
        if len(row) > len(header) and any(row[len(header) :]):
            raise DataError(f"{said}, row {count + 1}: {len(row)} cells under {len(header)} headers; mend it")
        cells = tuple(row[: len(header)]) + ("",) * (len(header) - len(row))
        writer.writerow(cells)
        count += 1
        if count <= PREVIEW:
            preview.append(cells)
        elif count % 10_000 == 0:
            _check_size(said, target.tell(), most)
    _check_shape(said, header, count)
    return Sheet(said, "csv", target.getvalue().encode(), header, tuple(preview), count)


def _header(said: str, row: list[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in row]
    while names and not names[-1]:
        names.pop()
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DataError(f"{said}: the column {twice[:40]!r} appears twice; rename one")
    return tuple(names)


def _check_shape(said: str, header: tuple[str, ...], rows: int) -> None:
    _check_width(said, len(header))
    if longest := next((name for name in header if len(name) > LONGEST_HEADER), None):
        raise DataError(f"{said}: a header of {len(longest):,} signs; the first row must name the columns")
    if not rows:
        raise DataError(f"{said}: no row below the header; export it again")
    require(rows <= MOST_ROWS, f"{said}: more than {MOST_ROWS:,} rows; export a shorter time")


def _check_width(said: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise DataError(f"{said}: {columns:,} columns; at most {MOST_COLUMNS} are read, export only those that count")


def _shown(value: object) -> str:
    if value is None:
        return ""
    iso = getattr(value, "isoformat", None)
    return str(iso()) if iso else str(value)
