"""Small exports, written for one test."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from forecast.crm import History, parse_mapping, read

type Reading = Callable[..., History]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """A function from a mapping and the text of one or more files to the history that they tell."""

    def tell(mapping: str, *contents: str | bytes, as_of: object = None, name: str = "deals.csv") -> History:
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"{number or ''}{name}")
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(parse_mapping(mapping, "crm.yaml"), paths, as_of)

    return tell


@pytest.fixture
def story() -> Callable[[History], list[str]]:
    """A function from a history to its rows in words: day, lead, kind, stage, actor, amount and cause, if any."""

    def words(history: History) -> list[str]:
        frame = history.log.to_frame()
        frame["lead"] = [history.log.lead_labels()[row] for row in frame["lead"]]
        frame["time"] = [f"{time:g}" for time in frame["time"]]
        columns = ["time", "lead", "kind", "stage", "actor", "amount", "cause"]
        frame["amount"] = [f"{amount:g}" if pd.notna(amount) else None for amount in frame["amount"]]
        rows = frame[columns].astype(object).itertuples(index=False)
        return [" ".join(str(value) for value in row if pd.notna(value)) for row in rows]

    return words
