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
    """A function from a history to its rows in words: day, lead, kind, stage, actor, amount, cause, what is empty left out."""

    def words(history: History) -> list[str]:
        frame = history.log.to_frame()
        frame["lead"] = [history.log.lead_labels()[row] for row in frame["lead"]]
        frame["time"] = [f"{time:g}" for time in frame["time"]]
        columns = ["time", "lead", "kind", "stage", "actor", "amount", "cause"]
        return [" ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in row if pd.notna(v)) for row in frame[columns].itertuples(index=False)]  # fmt: skip

    return words
