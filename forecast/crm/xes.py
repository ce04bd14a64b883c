"""XES, the exchange format of event logs: traces of events with typed attributes, flattened to one row an event.

An attribute of the trace becomes the column ``case:<key>``, as process-mining tools name it; an event's keeps its key.
Attributes of attributes, lists and the log's own declarations are left out.
"""

from typing import Any, BinaryIO
from xml.etree import ElementTree as ET

import pyarrow as pa

from sim.errors import DataError

_ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_SKIPPED = frozenset({"list", "container", "global", "classifier", "extension"}) | _ATTRIBUTES


class _Flattener:
    """Follows the file's tags and keeps the attributes of the current trace and event."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] | None = None
        self.depth = 0

    def opened(self, tag: str, element: "ET.Element[str]") -> None:
        if tag == "trace":
            self.trace = {}
        elif tag == "event":
            self.event = {}
        elif tag in _SKIPPED:
            if tag in _ATTRIBUTES and not self.depth:
                self._take(element.get("key", ""), element.get("value", ""))
            self.depth += 1

    def _take(self, key: str, value: str) -> None:
        if self.event is None:
            self.trace[f"case:{key}"] = value
        else:
            self.event[key] = value

    def closed(self, tag: str, element: "ET.Element[str]") -> None:
        self.depth -= tag in _SKIPPED
        if tag == "event" and self.event is not None:
            self.rows.append(self.trace | self.event)
            self.event = None
        elif tag == "trace":
            element.clear()  # or a log of a million events would be held twice


def read_xes(stream: BinaryIO, file: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Return an Arrow table of texts, one row an event, in the order of the file."""
    flattener = _Flattener()
    try:
        for moment, element in ET.iterparse(stream, ("start", "end")):  # noqa: S314 - expat bounds entity expansion
            follow = flattener.opened if moment == "start" else flattener.closed
            follow(element.tag.rpartition("}")[2], element)
    except ET.ParseError as error:
        line, column = error.position
        raise DataError(
            f"{file}, line {line}, column {column + 1}: not well-formed XML; export the log again"
        ) from None
    except (ValueError, LookupError) as error:
        raise DataError(f"{file}: its XML can't be decoded ({error}); save it as UTF-8") from None
    if not flattener.rows:
        raise DataError(f"{file}: no <event> inside a <trace>; is it an XES log?")
    names = dict.fromkeys(name for row in flattener.rows for name in row)
    return pa.table({name: pa.array([row.get(name, "") for row in flattener.rows], pa.string()) for name in names})
