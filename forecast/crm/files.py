"""Foreign files: CSV in any encoding, Parquet and XES, plain or gzipped, read as tables and nothing more.

Numbers and dates stay texts here: what they mean is the mapping's business. A file that can't be read is answered with
the file, the line, what was met there and the setting that would mend it.
"""

import gzip
import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from forecast.crm.csv_text import Line, read_csv
from forecast.crm.mapping import Mapping
from forecast.crm.xes import read_xes
from sim.errors import DataError

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
        Lines that are no rows.
    """

    file: str
    data: Any
    parts: tuple[tuple[str, int], ...]
    malformed: tuple[Line, ...] = field(default=())

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
    data, malformed = read_csv(path.name, content, mapping)
    return RawTable(path.name, data, ((path.name, 0),), malformed)


def stacked(tables: list[RawTable]) -> RawTable:
    """Put tables of the same columns under each other, as a CRM that exports month by month means them."""
    if len(tables) == 1:
        return tables[0]
    parts, start = [], 0
    for table in tables:
        parts.append((table.file, start))
        start += len(table)
    try:
        data = pa.concat_tables([table.data for table in tables], promote_options="permissive")
    except pa.ArrowException as error:
        names = " and ".join(table.file for table in tables)
        raise DataError(f"{names}: their columns differ in type ({error}); convert them alike") from None
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
        raise DataError(f"{path.name or path}: this is a folder; name the files in it")
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; check the path")


def _content(path: Path) -> bytes:
    _check_there(path)
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path.name}: can't be unpacked or read ({str(error).partition('\n')[0]}); copy or export it again"
        ) from None
    if not content.strip():
        raise DataError(f"{path.name}: the file is empty; export it again")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].lower()
    for mark, what in _FOREIGN.items():
        if start.startswith(mark.lower()):
            raise DataError(f"{path.name}: this is {what}, not CSV; save it as CSV (UTF-8)")
    return content
