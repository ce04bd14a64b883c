"""CSV in any encoding: one pass over the text, every column as texts, and lines that are no rows kept aside.

What can't be read is answered with the line, what was met there, and the setting of the mapping that would mend it.
"""

import csv
import io
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from forecast.crm.mapping import Mapping
from sim.errors import DataError

_BLOCK = 1 << 26  # bytes that one quoted field may not exceed

type Line = tuple[str, int, str]
"""A line that is no row: file name, line number, text."""


def read_csv(file: str, content: bytes, mapping: Mapping) -> tuple[Any, tuple[Line, ...]]:
    """Return the rows as an Arrow table of texts, and the lines that are none; raise `DataError` if it is no CSV."""
    content = _as_utf8(file, content, mapping.encoding)
    header = _header(file, content, mapping.delimiter)
    broken: list[Line] = []

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
            f"{file}: not readable as CSV ({str(error).partition('\n')[0]}); look for a quote that never closes"
        ) from None
    _check_quotes(broken)
    _check_end(file, content, data)
    return data.rename_columns([name.strip() for name in header]), tuple(broken)


def _check_quotes(broken: list[Line]) -> None:
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
