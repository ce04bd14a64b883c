"""All that a page of the app shows in words, as a test can read it: texts, labels, options, tables and charts."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from streamlit.testing.v1 import AppTest

_LABELS = ("label", "help", "placeholder", "value", "text", "body", "delta")
_CHART_WORDS = {"title", "text", "label"}


def words_on(app: AppTest) -> list[str]:
    """Everything on the page that is written in words, in no order."""
    found = [text for block in (app.main, app.sidebar) for element in block for text in _of(element)]
    return [text for text in dict.fromkeys(found) if text.strip()]


def _of(element: Any) -> Iterator[str]:
    match element.type:
        case "arrow_data_frame" | "dataframe" | "table" | "arrow_table":
            yield from _of_table(element.value)
        case "vega_lite_chart" | "arrow_vega_lite_chart":
            yield from _of_chart(element.proto)
        case "json" | "code" | "html":
            return
        case _:
            said = [
                getattr(element.proto, name, None) if not hasattr(element, name) else getattr(element, name)
                for name in _LABELS
            ]
            yield from (each for each in said if isinstance(each, str))
            yield from (str(each) for each in getattr(element, "options", ()))


def _of_table(table: pd.DataFrame) -> Iterator[str]:
    frame = table.reset_index() if table.index.name else table
    for name in frame.columns:
        yield str(name)
        yield from (value for value in frame[name] if isinstance(value, str))


def _of_chart(proto: Any) -> Iterator[str]:
    yield from _titles(json.loads(proto.spec))
    for data in (proto.data, *(each.data for each in proto.datasets)):
        if data.data:
            yield from _of_table(pa.ipc.open_stream(io.BytesIO(data.data)).read_pandas())


def _titles(spec: Any) -> Iterator[str]:
    if isinstance(spec, list):
        for each in spec:
            yield from _titles(each)
    if isinstance(spec, dict):
        for name, value in spec.items():
            if name in _CHART_WORDS and isinstance(value, str):
                yield value
            yield from _titles(value)
