"""All that a page of the app shows in words, as a test can read it: texts, labels, options, tables and charts."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from streamlit.testing.v1 import AppTest

_TEXTS = ("label", "help", "placeholder", "text", "body", "delta")
_TITLES = {"title", "text", "label"}
_TABLES = {"arrow_data_frame", "dataframe", "table", "arrow_table"}
_CHARTS = {"vega_lite_chart", "arrow_vega_lite_chart"}
_NO_PROSE = {"json", "code", "html"}


def words_on(app: AppTest) -> list[str]:
    """Everything on the page that is written in words, each text once."""
    found = [text for block in (app.main, app.sidebar) for element in block for text in _of(element)]
    return [text for text in dict.fromkeys(found) if text.strip()]


def _of(element: Any) -> Iterator[str]:
    if element.type in _TABLES:
        yield from _of_table(element.value)
    elif element.type in _CHARTS:
        yield from _of_chart(element.proto)
    elif element.type not in _NO_PROSE:
        choices = getattr(element, "options", None)
        said = [getattr(element, name, getattr(element.proto, name, None)) for name in _TEXTS]
        said += [getattr(element, "value", None)] if choices is None else choices
        yield from (text for text in said if isinstance(text, str))


def _of_table(table: pd.DataFrame) -> Iterator[str]:
    yield from (str(name) for name in (*table.columns, table.index.name or ""))
    yield from _cells(table)


def _cells(table: pd.DataFrame) -> Iterator[str]:
    for name in table.columns:
        yield from (value for value in table[name] if isinstance(value, str))


def _of_chart(proto: Any) -> Iterator[str]:
    yield from _titles(json.loads(proto.spec))
    for data in (proto.data, *(each.data for each in proto.datasets)):
        if data.data:
            yield from _cells(pa.ipc.open_stream(io.BytesIO(data.data)).read_pandas())


def _titles(spec: Any) -> Iterator[str]:
    for name, value in spec.items() if isinstance(spec, dict) else enumerate(spec):
        if name in _TITLES and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from _titles(value)
